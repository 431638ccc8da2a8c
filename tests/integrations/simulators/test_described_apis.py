"""The platforms that a statement describes: each speaks its own wire, all do the same."""

import hashlib
import hmac
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.integrations.simulators.processes import SECRET, Receiver, Running

NINE = datetime(2027, 3, 1, 9, tzinfo=ZoneInfo("Europe/Paris"))
SOPHIE = {"name": {"given": "Sophie", "family": "Dubois", "birth": None}, "birthDate": "1975-02-03", "mobile": "+33639980012", "mail": None}


def clickdoc_visit(start: str = "2027-03-01T08:00:00Z", **rest: object) -> dict:
    wanted = {"calendarId": "cal-1", "treatmentId": "tr-2", "begin": start, "durationMinutes": 30, "externalId": "ours-1"}
    return wanted | {"patient": SOPHIE} | rest


def docorga_visit(start: str = "2027-03-01T09:00:00", end: str = "2027-03-01T09:30:00", **rest: object) -> dict:
    wanted = {"agenda": 501, "motif": 62, "debut": start, "fin": end, "reference": "ours-1"}
    return wanted | {"patient": {"prenom": "Sophie", "nom": "Dubois"}} | rest


def closing(start: datetime = NINE) -> dict:
    return {"practitioner_uuid": "th-1", "from": int(start.timestamp()), "length": 1800, "foreign_key": "ours-2"}


# --- ClickDoc --------------------------------------------------------------------------------------------------------


def test_clickdoc_answers_a_booking_with_its_first_revision(clickdoc: Running) -> None:
    answer = clickdoc.api.post("/appointments", json=clickdoc_visit())

    booked = answer.json()
    patient = SOPHIE | {"patientId": booked["patient"]["patientId"]}
    known = {"appointmentId": booked["appointmentId"], "state": "BOOKED", "revision": 1, "patient": patient}
    assert (answer.status_code, booked) == (201, clickdoc_visit() | known)
    assert clickdoc.api.get(f"/appointments/{booked['appointmentId']}").json() == booked


def test_clickdoc_does_the_same_request_once(clickdoc: Running) -> None:
    answers = [clickdoc.api.post("/appointments", json=clickdoc_visit(), headers={"X-Request-Id": "op-1"}).json() for _ in range(2)]
    other = clickdoc.api.post("/appointments", json=clickdoc_visit())

    assert answers[0] == answers[1]
    assert (other.status_code, other.json()) == (409, {"error": {"code": "SLOT_TAKEN"}})


def test_clickdoc_changes_nothing_but_the_current_revision(clickdoc: Running) -> None:
    path = f"/appointments/{clickdoc.api.post('/appointments', json=clickdoc_visit()).json()['appointmentId']}"
    later = {"begin": "2027-03-01T09:00:00Z", "durationMinutes": 45}

    moved = clickdoc.api.patch(path, json=later | {"revision": 1}).json()
    refused = [clickdoc.api.patch(path, json=later | {"revision": 1}), clickdoc.api.post(f"{path}/cancellation", json={"revision": 1})]
    cancelled = clickdoc.api.post(f"{path}/cancellation", json={"revision": 2})

    assert (moved["begin"], moved["durationMinutes"], moved["revision"]) == ("2027-03-01T09:00:00Z", 45, 2)
    assert [(each.status_code, each.json()["error"]["code"]) for each in refused] == [(409, "REVISION_MISMATCH")] * 2
    assert (cancelled.json()["state"], cancelled.json()["revision"]) == ("CANCELLED", 3)


def test_clickdoc_pages_by_cursor_and_says_when_all_is_said(clickdoc: Running) -> None:
    for hour in range(3):
        clickdoc.simulator.book("cal-1", f"2027-03-01T1{hour}:00:00+01:00")

    first = clickdoc.api.get("/appointments", params={"changedSince": "2020-01-01T00:00:00Z", "limit": 2}).json()
    second = clickdoc.api.get("/appointments", params={"cursor": first["paging"]["next"], "limit": 2}).json()

    assert [len(page["items"]) for page in (first, second)] == [2, 1]
    assert [page["paging"]["complete"] for page in (first, second)] == [False, True]
    assert second["paging"]["next"] is None


def test_clickdoc_signs_seconds_and_body(clickdoc: Running, receiver: Receiver) -> None:
    clickdoc.api.post("/webhooks", json={"callback": receiver.url, "sharedSecret": SECRET}).raise_for_status()
    booked = clickdoc.simulator.book("cal-1", "2027-03-01T10:00:00+01:00")
    clickdoc.simulator.drain()

    headers, body = receiver.received[0]
    mac = hmac.new(SECRET.encode(), f"{headers['x-clickdoc-timestamp']}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["x-clickdoc-signature"] == f"sha256={mac}"
    told = receiver.events[0]
    assert (told["eventType"], told["payload"]["appointment"]["appointmentId"]) == ("APPOINTMENT_BOOKED", booked["id"])


# --- Docorga ---------------------------------------------------------------------------------------------------------


def test_docorga_wants_name_and_password(docorga: Running) -> None:
    assert docorga.api.get("/agendas", headers={"Authorization": "Basic Y2FiaW5ldDpvdGhlcg=="}).status_code == 401
    assert docorga.api.get("/agendas").json()["resultats"][0] == {"id": 501, "nom": "Dr Hélène Aubry"}


def test_docorga_writes_wall_time_and_an_end(docorga: Running) -> None:
    booked = docorga.api.post("/rdv", json=docorga_visit()).json()

    assert (booked["debut"], booked["fin"], booked["etat"]) == ("2027-03-01T09:00:00", "2027-03-01T09:30:00", "confirme")
    assert docorga.simulator.appointment(str(booked["id"]))["start"] == "2027-03-01T08:00:00Z"
    refused = docorga.api.post("/rdv", json=docorga_visit("2027-03-01T11:00:00Z", "2027-03-01T11:30:00Z"))
    assert refused.status_code == 400


def test_docorga_refuses_a_taken_time_and_knows_no_idempotency(docorga: Running) -> None:
    answers = [docorga.api.post("/rdv", json=docorga_visit(), headers={"Idempotency-Key": "op-1"}) for _ in range(2)]

    assert [each.status_code for each in answers] == [201, 422]
    assert answers[1].json() == {"code": "creneau_pris"}


def test_docorga_numbers_its_pages_from_one_and_counts(docorga: Running) -> None:
    for hour in range(3):
        docorga.simulator.book("501", f"2027-03-01T1{hour}:00:00+01:00")

    pages = [docorga.api.get("/rdv", params={"du": "2027-03-01T00:00:00", "page": page, "par_page": 2}).json() for page in (1, 2)]

    assert [(len(page["resultats"]), page["page"], page["total"]) for page in pages] == [(2, 1, 3), (1, 2, 3)]
    assert docorga.api.get("/rdv", params={"page": 0}).status_code == 400


def test_docorga_cancels_once_and_tells_in_french(docorga: Running, receiver: Receiver) -> None:
    docorga.api.post("/abonnements", json={"adresse": receiver.url, "secret": SECRET}).raise_for_status()
    booked = docorga.api.post("/rdv", json=docorga_visit()).json()

    docorga.api.delete(f"/rdv/{booked['id']}")
    docorga.simulator.drain()

    assert docorga.api.put(f"/rdv/{booked['id']}", json={"etat": "confirme"}).json() == {"code": "deja_annule"}
    assert [(told["type"], told["rdv"]["etat"]) for told in receiver.verified()] == [("rdv.cree", "confirme"), ("rdv.annule", "annule")]


# --- Medoucine -------------------------------------------------------------------------------------------------------


def test_medoucine_takes_no_visit_and_tells_nobody(medoucine: Running) -> None:
    assert medoucine.api.post("/bookings", json={}).status_code == 404
    assert medoucine.api.post("/webhooks", json={}).status_code == 404


def test_medoucine_writes_seconds(medoucine: Running) -> None:
    booked = medoucine.simulator.book("th-1", NINE.isoformat(), duration=20)

    shown = medoucine.api.get(f"/bookings/{booked['id']}").json()
    asked = {"after": int(NINE.timestamp()) - 60, "before": int(NINE.timestamp()) + 60}

    assert (shown["from"], shown["length"], shown["status"]) == (int(NINE.timestamp()), 1200, "active")
    assert medoucine.api.get("/bookings", params=asked).json() == {"data": [shown], "meta": {"count": 1, "has_more": False}}
    assert medoucine.api.get("/bookings", params={"after": "yesterday"}).status_code == 400


def test_medoucine_closes_a_time_and_opens_it(medoucine: Running) -> None:
    closed = medoucine.api.post("/unavailabilities", json=closing()).json()

    assert medoucine.api.get("/unavailabilities", params={"foreign_key": "ours-2"}).json()["data"] == [closed]
    assert closed == closing() | {"uuid": closed["uuid"]}
    assert medoucine.simulator.http.post("/_sim/book", json={"practitioner": "th-1", "start": NINE.isoformat()}).status_code == 409
    assert [medoucine.api.delete(f"/unavailabilities/{closed['uuid']}").status_code for _ in range(2)] == [204, 404]
