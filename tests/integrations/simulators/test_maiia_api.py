"""The Maiia simulator speaks the contract's wire."""

from tests.integrations.simulators.processes import Running

SOPHIE = {"firstName": "Sophie", "birthName": "Dubois", "birthDate": "1975-02-03", "mobilePhone": "0612345678", "email": None}


def visit(start: str = "2027-03-01T09:00:00Z", end: str = "2027-03-01T09:45:00Z", **rest: object) -> dict:
    wanted = {"practitionerId": "p-7", "centerId": "c-1", "consultationReasonId": "cr-2", "startDateTime": start, "endDateTime": end}
    return wanted | {"externalReference": "ours-1", "patient": SOPHIE} | rest


def test_a_call_without_the_key_is_refused(maiia: Running) -> None:
    assert maiia.api.get("/appointments", headers={"X-Api-Key": "wrong"}).status_code == 401


def test_a_booked_visit_is_answered_bare(maiia: Running) -> None:
    answer = maiia.api.post("/appointments", json=visit())

    booked = answer.json()
    expected = visit() | {"id": booked["id"], "state": "BOOKED", "revision": 1, "patient": SOPHIE | {"id": booked["patient"]["id"]}}
    assert (answer.status_code, booked) == (201, expected)
    assert maiia.api.get(f"/appointments/{booked['id']}").json() == expected


def test_a_taken_time_is_refused(maiia: Running) -> None:
    maiia.api.post("/appointments", json=visit())

    answer = maiia.api.post("/appointments", json=visit())

    assert (answer.status_code, answer.json()) == (422, {"code": "TIME_TAKEN"})


def test_an_idempotency_key_is_ignored(maiia: Running) -> None:
    answers = [maiia.api.post("/appointments", json=visit(), headers={"Idempotency-Key": "op-1"}).status_code for _ in range(2)]

    assert answers == [201, 422]


def test_a_put_replaces_at_the_current_revision(maiia: Running) -> None:
    booked = maiia.api.post("/appointments", json=visit()).json()
    moved = booked | {"startDateTime": "2027-03-01T10:00:00Z", "endDateTime": "2027-03-01T10:45:00Z"}

    answer = maiia.api.put(f"/appointments/{booked['id']}", json=moved)

    assert (answer.status_code, answer.json()) == (200, moved | {"revision": 2})


def test_a_put_at_an_old_revision_is_refused(maiia: Running) -> None:
    booked = maiia.api.post("/appointments", json=visit()).json()
    maiia.api.put(f"/appointments/{booked['id']}", json=booked | {"state": "HONORED"})

    answer = maiia.api.put(f"/appointments/{booked['id']}", json=booked | {"state": "MISSED"})

    assert (answer.status_code, answer.json()["code"]) == (409, "REVISION_CONFLICT")


def test_a_delete_needs_the_current_revision(maiia: Running) -> None:
    booked = maiia.api.post("/appointments", json=visit()).json()
    path = f"/appointments/{booked['id']}"

    answers = [maiia.api.delete(path), *(maiia.api.delete(path, params={"revision": revision}) for revision in (9, 1))]

    assert [answer.status_code for answer in answers] == [400, 409, 200]
    assert answers[-1].json() == booked | {"state": "CANCELLED", "revision": 2}


def test_a_lost_creation_is_found_by_reference(maiia: Running) -> None:
    booked = maiia.api.post("/appointments", json=visit()).json()

    found = maiia.api.get("/appointments", params={"externalReference": "ours-1"}).json()

    assert found == {"items": [booked], "total": 1, "page": 0, "last": True}


def test_pages_count_to_the_total(maiia: Running) -> None:
    for hour in range(8, 13):
        maiia.api.post("/appointments", json=visit(f"2027-03-01T{hour:02}:00:00Z", f"2027-03-01T{hour:02}:30:00Z"))

    pages = [maiia.api.get("/appointments", params={"page": page, "size": 2}).json() for page in range(3)]

    assert [(len(page["items"]), page["total"], page["page"], page["last"]) for page in pages] == [
        (2, 5, 0, False),
        (2, 5, 1, False),
        (1, 5, 2, True),
    ]


def test_a_time_block_closes_the_time_until_deleted(maiia: Running) -> None:
    times = {"startDateTime": "2027-03-01T09:00:00Z", "endDateTime": "2027-03-01T10:00:00Z"}
    block = {"practitionerId": "p-7", "externalReference": "b-1"} | times
    made = maiia.api.post("/time-blocks", json=block)

    assert maiia.api.get("/time-blocks", params={"externalReference": "b-1"}).json() == {"items": [block | made.json()]}
    assert maiia.api.post("/appointments", json=visit()).status_code == 422
    assert maiia.api.delete(f"/time-blocks/{made.json()['id']}").status_code == 204
    assert maiia.api.post("/appointments", json=visit()).status_code == 201
