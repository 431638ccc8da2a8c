"""The Keldoc simulator speaks the contract's wire."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.integrations.simulators.processes import SECRET, KeldocSignature, Receiver, Running

SOPHIE = {"first_name": "Sophie", "last_name": "Dubois", "birth_date": "1975-02-03", "gender": "f", "phone": "0612345678"}
SHOWN = SOPHIE | dict.fromkeys(("maiden_name", "phone2", "email", "street", "city", "zipcode"))
SKIPS = dict.fromkeys(("skip_sms_confirmation", "skip_email_confirmation", "skip_sms_reminder", "skip_email_reminder"), False)


def visit(start: str = "2027-03-01T10:00:00+01:00", **rest: object) -> dict:
    wanted = {"agenda_id": 101, "start_at": start, "duration": 2700, "state": "confirmed", "motive_id": 12, "reference": "ours-1"}
    return wanted | {"patient_attributes": SOPHIE} | rest


def closed(start: str = "2027-03-01T10:00:00+01:00", **rest: object) -> dict:
    return {"agenda_id": 101, "start_at": start, "duration": 3600, "state": "confirmed", "reference": "b-1"} | rest


@pytest.mark.parametrize(
    "signature",
    [
        KeldocSignature(secret="another"),
        KeldocSignature(key="somebody"),
        KeldocSignature(date="yesterday"),
        KeldocSignature(date=(datetime.now(ZoneInfo("Europe/Paris")) - timedelta(hours=1)).isoformat()),
        KeldocSignature(date="2027-03-01T10:00:00"),
    ],
)
def test_a_call_that_is_not_signed_with_the_account_s_keys_or_not_now_is_refused(keldoc: Running, signature: KeldocSignature) -> None:
    assert keldoc.api.get("/appointments", auth=signature).status_code == 401


def test_another_media_type_is_not_acceptable(keldoc: Running) -> None:
    answer = keldoc.api.get("/config", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()) == (406, {"error": "not_acceptable"})


def test_each_account_signs_with_its_own_secret_and_sees_its_own_agendas(keldoc: Running) -> None:
    accounts = [
        {"api_key": "beffroi", "secret": "one", "practitioners": ["101"]},
        {"api_key": "volcan", "secret": "two", "practitioners": ["102"]},
    ]
    keldoc.simulator.setup(accounts=accounts)

    seen = {
        key: keldoc.api.get("/agendas", auth=KeldocSignature(key, secret)).json() for key, secret in (("beffroi", "one"), ("volcan", "two"))
    }

    assert {key: [agenda["id"] for agenda in agendas] for key, agendas in seen.items()} == {"beffroi": [101], "volcan": [102]}
    assert keldoc.api.get("/agendas", auth=KeldocSignature("beffroi", "two")).status_code == 401


def test_the_configuration_lists_agendas_motives_and_specialties(keldoc: Running) -> None:
    config = keldoc.api.get("/config").json()

    assert config == {
        "agendas": [{"id": 101, "name": "Dr Hélène Aubry"}, {"id": 102, "name": "Dr Karim Benali"}],
        "motives": [
            {"id": 11, "name": "Consultation de suivi", "specialty_id": 1, "duration": 20},
            {"id": 12, "name": "Première consultation", "specialty_id": 1, "duration": 30},
        ],
        "specialties": [{"id": 1, "name": "Médecine générale"}],
    }
    assert {name: keldoc.api.get(f"/{name}").json() for name in config} == config


def test_a_booked_visit_is_answered_with_its_patient(keldoc: Running) -> None:
    answer = keldoc.api.post("/appointments", json=visit(skip_sms_reminder=True))

    booked = answer.json()
    own = {name: booked[name] for name in ("id", "patient_id", "updated_at")}
    flags = {"no_show": False, "no_show_excused": False, "patient_arrived": False, "patient_comment": ""}
    expected = {name: value for name, value in visit().items() if name != "patient_attributes"} | own | flags | SKIPS
    assert answer.status_code == 201
    assert booked == expected | {"skip_sms_reminder": True, "patient": {"id": booked["patient_id"]} | SHOWN}
    assert keldoc.api.get(f"/appointments/{booked['id']}").json() == booked
    assert keldoc.api.get("/patients").json() == [booked["patient"]]


def test_a_taken_time_is_refused_and_a_key_changes_nothing(keldoc: Running) -> None:
    answers = [keldoc.api.post("/appointments", json=visit(), headers={"Idempotency-Key": "op-1"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 422]
    assert answers[1].json() == {"error": "validation", "errors": {"start_at": ["taken"]}}


def test_a_change_names_what_changes_and_moves_the_instant_of_the_last_change(keldoc: Running) -> None:
    booked = keldoc.api.post("/appointments", json=visit()).json()
    path = f"/appointments/{booked['id']}"

    moved = keldoc.api.put(path, json={"start_at": "2027-03-01T11:00:00+01:00", "agenda_id": 102, "motive_id": 11}).json()
    missed = keldoc.api.put(path, json={"no_show": True}).json()
    came = keldoc.api.put(path, json={"no_show": False, "patient_arrived": True}).json()
    arrived = keldoc.api.put(path, json={"patient_arrived": True, "skip_sms_reminder": True}).json()

    changed = {"start_at": "2027-03-01T11:00:00+01:00", "agenda_id": 102, "motive_id": 11, "updated_at": moved["updated_at"]}
    assert moved == booked | changed
    assert moved["updated_at"] > booked["updated_at"]
    assert (missed["no_show"], came["no_show"], came["patient_arrived"]) == (True, False, False)
    assert (arrived["patient_arrived"], arrived["skip_sms_reminder"]) == (True, True)


def test_a_canceled_visit_frees_its_time_and_stays_canceled(keldoc: Running) -> None:
    path = f"/appointments/{keldoc.api.post('/appointments', json=visit()).json()['id']}"

    assert keldoc.api.put(path, json={"state": "canceled"}).json()["state"] == "canceled"
    assert keldoc.api.put(path, json={"state": "confirmed"}).json()["errors"] == {"state": ["already_canceled"]}
    assert keldoc.api.delete(path).status_code == 204
    assert keldoc.api.post("/appointments", json=visit()).status_code == 201


def test_an_appointment_of_nobody_closes_the_time_until_deleted(keldoc: Running) -> None:
    made = keldoc.api.post("/appointments", json=closed())

    shown = made.json()
    path = f"/appointments/{shown['id']}"
    nobody = {"motive_id": None, "patient_id": None, "patient": None, "patient_comment": ""}
    assert (made.status_code, shown) == (201, closed() | nobody | {"id": shown["id"]})
    assert keldoc.api.get(path).json() == shown
    assert keldoc.api.post("/appointments", json=visit()).status_code == 422
    assert [keldoc.api.delete(path).status_code for _ in range(2)] == [204, 404]
    assert keldoc.api.post("/appointments", json=visit()).status_code == 201


def test_a_listing_has_visits_and_closed_times_and_counts_to_the_total(keldoc: Running) -> None:
    for hour in (8, 9, 10):
        keldoc.api.post("/appointments", json=visit(f"2027-03-01T{hour:02}:00:00+01:00"))
    for hour in (14, 16):
        keldoc.api.post("/appointments", json=closed(f"2027-03-01T{hour:02}:00:00+01:00"))

    pages = [keldoc.api.get("/appointments", params={"page": page, "per_page": 2}).json() for page in range(3)]

    assert [([bool(each["patient"]) for each in page["appointments"]], page["total"], page["last"]) for page in pages] == [
        ([True, True], 5, False),
        ([True, False], 5, False),
        ([False], 5, True),
    ]


def test_appointments_are_found_by_window_change_and_reference(keldoc: Running) -> None:
    keldoc.api.post("/appointments", json=visit())
    keldoc.api.post("/appointments", json=closed("2027-03-01T14:00:00+01:00"))

    asked = [
        {"reference": "ours-1"},
        {"reference": "b-1"},
        {"start_date": "2027-03-01", "end_date": "2027-03-02", "agenda_id": 101},
        {"agenda_id": 102},
        {"updated_since": "2020-01-01T00:00:00Z"},
        {"updated_since": "2200-01-01T00:00:00Z"},
    ]
    assert [keldoc.api.get("/appointments", params=params).json()["total"] for params in asked] == [1, 1, 2, 0, 1, 0]


def test_an_account_has_one_address_for_events(keldoc: Running, receiver: Receiver) -> None:
    address = {"url": receiver.url, "secret": SECRET}

    answers = [
        keldoc.api.get("/config/webhooks"),
        keldoc.api.put("/config/webhooks", json=address),
        keldoc.api.post("/config/webhooks", json=address | {"url": "http://127.0.0.1:9/old"}),
        keldoc.api.post("/config/webhooks", json=address),
        keldoc.api.put("/config/webhooks", json=address),
        keldoc.api.get("/config/webhooks"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 201, 422, 200, 200]
    assert answers[-1].json() == {"url": receiver.url}

    booked = keldoc.simulator.book("101", "2027-03-01T10:00:00+01:00")
    keldoc.simulator.cancel(booked["id"])
    keldoc.simulator.drain()
    assert [event["event"] for event in receiver.verified()] == ["appointment.created", "appointment.canceled"]
    assert str(receiver.events[0]["appointment"]["id"]) == booked["id"]
    assert keldoc.api.delete("/config/webhooks").status_code == 204
    assert keldoc.simulator.state()["subscriptions"] == []


def test_free_ranges_are_told_for_a_week_at_most(keldoc: Running) -> None:
    keldoc.api.post("/appointments", json=visit())
    window = {"agenda_ids": "101", "start_date": "2027-03-01", "end_date": "2027-03-01"}

    free = keldoc.api.get("/availabilities", params=window).json()

    assert [(each["start_time"][11:16], each["end_time"][11:16], each["motive_ids"]) for each in free] == [
        ("09:00", "10:00", []),
        ("10:45", "12:30", []),
        ("14:00", "18:00", []),
    ]
    assert keldoc.api.get("/availabilities", params=window | {"end_date": "2027-03-08"}).status_code == 200
    assert keldoc.api.get("/availabilities", params=window | {"end_date": "2027-03-09"}).status_code == 400
    assert keldoc.api.get("/availabilities", params=window | {"agenda_ids": "9"}).status_code == 422
    assert keldoc.api.get("/availabilities").status_code == 400


def test_free_starts_are_told_for_a_motive_and_two_months_at_most(keldoc: Running) -> None:
    window = {"agenda_ids": "101", "start_date": "2027-03-01", "end_date": "2027-03-01"}

    found = keldoc.api.get("/available_slots", params=window | {"motive_id": "12"}).json()

    assert found[0] == {
        "agenda_id": 101,
        "start_time": "2027-03-01T09:00:00+01:00",
        "end_time": "2027-03-01T09:30:00+01:00",
        "motive_ids": [12],
    }
    answers = [{"motive_id": "99"}, {}, {"motive_id": "12", "end_date": "2027-05-03"}]
    assert [keldoc.api.get("/available_slots", params=window | rest).status_code for rest in answers] == [422, 400, 400]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"agenda_id": 9}, 422),
        ({"motive_id": 99}, 422),
        ({"agenda_id": True}, 400),
        ({"start_at": None}, 400),
        ({"duration": 90}, 400),
        ({"patient_attributes": {"first_name": "Sophie"}}, 400),
    ],
)
def test_a_body_that_makes_no_sense_is_told_so(keldoc: Running, changes: dict, status: int) -> None:
    assert keldoc.api.post("/appointments", json=visit(**changes)).status_code == status


def test_an_unknown_state_is_refused(keldoc: Running) -> None:
    booked = keldoc.api.post("/appointments", json=visit()).json()

    assert keldoc.api.put(f"/appointments/{booked['id']}", json={"state": "pending"}).status_code == 400


def test_a_used_up_quota_is_402(keldoc: Running) -> None:
    keldoc.simulator.order_fault("402", on="POST /appointments", retry_after=60)

    answer = keldoc.api.post("/appointments", json=visit())

    assert (answer.status_code, answer.json(), answer.headers["retry-after"]) == (402, {"error": "over_quota"}, "60")
    assert keldoc.simulator.state()["appointments"] == []
