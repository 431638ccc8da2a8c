"""The Doctolib simulator speaks the contract's wire."""

from concurrent.futures import ThreadPoolExecutor

from tests.integrations.simulators.processes import Running

NOUR = {"first_name": "Nour", "last_name": "Haddad", "birth_date": "1990-04-11", "phone": "+33639980012", "email": "nour@exemple.fr"}


def visit(start: str = "2027-03-01T09:00:00Z", **rest: object) -> dict:
    wanted = {"practitioner_id": "pra_001", "start_time": start, "duration": 20, "visit_motive_id": "mot_1"}
    return wanted | {"patient": NOUR, "client_reference": "ours-1"} | rest


def test_a_call_without_the_key_is_refused(doctolib: Running) -> None:
    answer = doctolib.api.get("/appointments", headers={"Authorization": "Bearer wrong"})

    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})


def test_practitioners_and_motives_are_listed(doctolib: Running) -> None:
    doctolib.simulator.setup(practitioners=[{"id": "pra_9", "name": "Dr Alma"}], motives=[{"id": "mot_9", "name": "Bilan", "duration": 45}])

    assert doctolib.api.get("/practitioners").json() == {"data": [{"id": "pra_9", "name": "Dr Alma"}]}
    assert doctolib.api.get("/visit_motives").json() == {"data": [{"id": "mot_9", "name": "Bilan", "duration": 45}]}


def test_a_booked_visit_is_answered_as_event_data(doctolib: Running) -> None:
    answer = doctolib.api.post("/appointments", json=visit())

    data = answer.json()
    expected = {
        "appointment": {
            "id": data["appointment"]["id"],
            "start_time": "2027-03-01T09:00:00Z",
            "duration": 20,
            "status": "confirmed",
            "version": 1,
            "visit_motive_id": "mot_1",
            "client_reference": "ours-1",
        },
        "patient": NOUR | {"id": data["patient"]["id"]},
        "practitioner": {"id": "pra_001", "name": "Dr Hélène Aubry"},
    }
    assert (answer.status_code, data) == (201, expected)
    assert doctolib.api.get(f"/appointments/{data['appointment']['id']}").json() == expected


def test_a_taken_time_is_refused(doctolib: Running) -> None:
    doctolib.api.post("/appointments", json=visit())

    answer = doctolib.api.post("/appointments", json=visit("2027-03-01T09:10:00Z"))

    assert (answer.status_code, answer.json()) == (409, {"error": "slot_taken"})


def test_of_many_who_want_one_time_one_gets_it(doctolib: Running) -> None:
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda n: doctolib.api.post("/appointments", json=visit(client_reference=f"r{n}")).status_code, range(200)))

    assert sorted(answers) == [201] + [409] * 199


def test_a_busy_time_closes_the_time_and_may_overlap_another(doctolib: Running) -> None:
    busy = {
        "practitioner_id": "pra_001",
        "start_time": "2027-03-01T09:00:00Z",
        "end_time": "2027-03-01T10:00:00Z",
        "client_reference": "b-1",
    }
    first, second = (doctolib.api.post("/busy", json=busy) for _ in range(2))

    assert [first.status_code, second.status_code] == [201, 201]
    assert doctolib.api.post("/appointments", json=visit()).json() == {"error": "slot_taken"}
    assert doctolib.api.get("/busy", params={"client_reference": "b-1"}).json() == {
        "data": [busy | answer for answer in sorted((first.json(), second.json()), key=lambda each: each["id"])]
    }


def test_a_busy_time_over_a_visit_is_refused(doctolib: Running) -> None:
    doctolib.api.post("/appointments", json=visit())
    busy = {"practitioner_id": "pra_001", "start_time": "2027-03-01T09:10:00Z", "end_time": "2027-03-01T10:00:00Z"}

    assert doctolib.api.post("/busy", json=busy).status_code == 409


def test_a_busy_time_is_deleted_once(doctolib: Running) -> None:
    busy = {"practitioner_id": "pra_001", "start_time": "2027-03-01T09:00:00Z", "end_time": "2027-03-01T10:00:00Z"}
    wanted = doctolib.api.post("/busy", json=busy).json()["id"]

    assert [doctolib.api.delete(f"/busy/{wanted}").status_code for _ in range(2)] == [204, 404]


def test_a_change_raises_the_version_and_a_repeated_one_does_not(doctolib: Running) -> None:
    wanted = doctolib.api.post("/appointments", json=visit()).json()["appointment"]["id"]

    versions = [
        doctolib.api.patch(f"/appointments/{wanted}", json={"start_time": "2027-03-01T11:00:00+01:00"}).json()["appointment"]["version"]
        for _ in range(2)
    ]

    assert versions == [2, 2]


def test_a_cancelled_visit_frees_its_time_and_cannot_be_moved(doctolib: Running) -> None:
    wanted = doctolib.api.post("/appointments", json=visit()).json()["appointment"]["id"]

    assert doctolib.api.delete(f"/appointments/{wanted}").status_code == 204
    assert doctolib.api.patch(f"/appointments/{wanted}", json={"duration": 30}).status_code == 409
    assert doctolib.api.post("/appointments", json=visit()).status_code == 201


def test_an_unknown_visit_is_404(doctolib: Running) -> None:
    answers = [doctolib.api.request(method, "/appointments/apt_none", json={}).status_code for method in ("GET", "PATCH", "DELETE")]

    assert answers == [404, 404, 404]


def test_an_idempotency_key_gives_the_first_answer_again(doctolib: Running) -> None:
    answers = [doctolib.api.post("/appointments", json=visit(), headers={"Idempotency-Key": "op-1"}) for _ in range(2)]
    other = doctolib.api.post("/appointments", json=visit("2027-03-02T09:00:00Z"), headers={"Idempotency-Key": "op-1"})

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert other.status_code == 422


def test_idempotency_can_be_switched_off(doctolib: Running) -> None:
    doctolib.simulator.setup(idempotency=False)

    answers = [doctolib.api.post("/appointments", json=visit(), headers={"Idempotency-Key": "op-1"}).status_code for _ in range(2)]

    assert answers == [201, 409]


def test_pages_follow_the_cursor_and_only_the_last_is_complete(doctolib: Running) -> None:
    for hour in range(8, 13):
        doctolib.api.post("/appointments", json=visit(f"2027-03-01T{hour:02}:00:00Z"))

    pages = [doctolib.api.get("/appointments", params={"limit": 2}).json()]
    while pages[-1]["next_cursor"]:
        pages.append(doctolib.api.get("/appointments", params={"limit": 2, "cursor": pages[-1]["next_cursor"]}).json())

    assert [len(page["data"]) for page in pages] == [2, 2, 1]
    assert [page["complete"] for page in pages] == [False, False, True]
    assert len({each["appointment"]["id"] for page in pages for each in page["data"]}) == 5


def test_a_cursor_of_somebody_else_is_410(doctolib: Running) -> None:
    assert doctolib.api.get("/appointments", params={"cursor": "elsewhere"}).status_code == 410


def test_a_visit_is_found_by_window_change_and_reference(doctolib: Running) -> None:
    doctolib.api.post("/appointments", json=visit(client_reference="ours-7"))

    asked = [
        {"client_reference": "ours-7"},
        {"from": "2027-03-01", "to": "2027-03-02", "practitioner_id": "pra_001"},
        {"updated_since": "2020-01-01T00:00:00Z"},
        {"client_reference": "other"},
        {"from": "2027-03-02", "to": "2027-03-03"},
        {"updated_since": "2200-01-01T00:00:00Z"},
    ]
    assert [len(doctolib.api.get("/appointments", params=params).json()["data"]) for params in asked] == [1, 1, 1, 0, 0, 0]


def test_a_key_sees_only_the_practitioners_of_its_cabinet(doctolib: Running) -> None:
    accounts = [{"api_key": "beffroi", "practitioners": ["pra_001"]}, {"api_key": "volcan", "practitioners": ["pra_002"]}]
    doctolib.simulator.setup(accounts=accounts)
    wanted = doctolib.simulator.book("pra_001", "2027-03-01T09:00:00Z")["id"]

    answers = [doctolib.api.get(f"/appointments/{wanted}", headers={"Authorization": f"Bearer {key}"}) for key in ("beffroi", "volcan")]

    assert [answer.status_code for answer in answers] == [200, 404]


def test_a_body_that_makes_no_sense_is_400(doctolib: Running) -> None:
    bodies = [b"{", b"[]", b'{"practitioner_id": "pra_001", "start_time": "soon", "duration": 20, "patient": {}}']

    assert [doctolib.api.post("/appointments", content=body).status_code for body in bodies] == [400, 400, 400]
