"""Series, bundles and exchanges over REST."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.models import Appointment, Series
from tests.agenda.diary import MONDAY, at, make_patient
from tests.conftest import TOURCOING
from tests.partners import Partner, flaws

WEEK = timedelta(days=7)
UNKNOWN = "00000000-0000-4000-8000-000000000000"
PATTERN = {"from": "2026-03-02", "weekdays": [0], "time": "09:00", "count": 3}


def wish(diary, **values):
    body = {"patient": str(diary.nour.id), "visit_reason": str(diary.reason.id), "practitioner": str(diary.alma.id), "pattern": PATTERN}
    return {name: value for name, value in (body | values).items() if value is not None}


def member(diary, start, patient=None, **values):
    return {
        "patient": str((patient or diary.nour).id), "visit_reason": str(diary.reason.id), "start": start.isoformat(),
        "practitioner": str(diary.alma.id), **values,
    }  # fmt: skip


def queries(partner, path):
    with CaptureQueriesContext(connection) as captured:
        assert partner.get(path).status_code == 200
    return len(captured)


def test_a_series_is_booked_with_its_report(partner, diary):
    diary.book(at(9, day=MONDAY + WEEK), patient_id=make_patient(first_names="Ali").id)

    response = partner.post("series", wish(diary))

    shown = response.json()
    assert (response.status_code, response["ETag"], response["Location"]) == (201, '"1"', f"/api/v1/series/{shown['id']}")
    assert [(one["number"], one["wanted"], one["outcome"], one["status"]) for one in shown["occurrences"]] == [
        (1, "2026-03-02T09:00:00+01:00", "booked", "confirmed"),
        (2, "2026-03-09T09:00:00+01:00", "slot-taken", None),
        (3, "2026-03-16T09:00:00+01:00", "booked", "confirmed"),
    ]
    assert shown["pattern"] == {"from": "2026-03-02", "weekdays": [0], "minute": 540, "time": "09:00", "count": 3, "every_n_weeks": 1}
    read = partner.get(f"series/{shown['id']}").json()
    for one in shown["occurrences"]:
        one.pop("warnings")
    assert read == shown


def test_a_replay_books_once(partner, diary):
    answers = [partner.post("series", wish(diary), Idempotency_Key="k") for _ in range(2)]

    assert answers[0].content == answers[1].content
    assert (Series.objects.count(), Appointment.objects.count()) == (1, 3)


def test_a_series_is_looked_at_without_booking(partner, diary):
    diary.book(at(9), patient_id=make_patient(first_names="Ali").id)

    response = partner.post("series", wish(diary, dry_run=True))

    first, second, _third = response.json()["occurrences"]
    assert (response.status_code, Series.objects.count()) == (200, 0)
    assert (first["bookable"], [one["code"] for one in first["refusals"]], first["alternatives"][0]) == (
        False, ["slot-taken"], "2026-03-02T09:30:00+01:00",
    )  # fmt: skip
    assert (second["bookable"], second["refusals"], second["alternatives"]) == (True, [], [])


def test_a_whole_series_names_every_refusal(partner, diary):
    for day in (MONDAY, MONDAY + WEEK):
        diary.book(at(9, day=day), patient_id=make_patient(first_names="Ali").id)

    response = partner.post("series", wish(diary, whole=True))

    assert (response.status_code, response.json()["code"]) == (409, "slot-taken")
    assert flaws(response) == [("/occurrences/0", "slot-taken"), ("/occurrences/1", "slot-taken")]
    assert Series.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"pattern": PATTERN | {"count": 500}}, ("/pattern/count", "out-of-bounds")),
        ({"pattern": PATTERN | {"from": "8999-01-01"}}, ("/pattern/from", "out-of-bounds")),
        ({"pattern": PATTERN | {"from": "2029-01-01"}}, ("/occurrences", "out-of-bounds")),
        ({"pattern": None, "starts": [at(9).isoformat()] * 500}, ("/occurrences", "out-of-bounds")),
        ({"pattern": None, "starts": []}, ("/occurrences", "out-of-bounds")),
        ({"pattern": None}, ("/pattern", "required")),
        ({"starts": [at(9).isoformat()]}, ("/pattern", "pattern-twice")),
        ({"patient": UNKNOWN}, ("/patient", "unknown-reference")),
        ({"practitioner": UNKNOWN}, ("/practitioner", "unknown-reference")),
        ({"insist": {"reason": "x"}}, ("/insist", "not-writable")),
    ],
)
def test_what_is_wrong_with_a_series(partner, diary, changes, flaw):
    response = partner.post("series", wish(diary, **changes))

    assert (response.status_code, flaws(response)) == (422, [flaw])


def test_the_cabinet_s_key_may_insist(staff, diary):
    diary.book(at(9))

    shown = staff.post("series", wish(diary, insist={"reason": "Kiné"})).json()

    assert [one["code"] for one in shown["occurrences"][0]["warnings"]] == ["slot-taken"]
    assert [one["outcome"] for one in shown["occurrences"]] == ["booked"] * 3


def test_the_rest_of_a_series_is_cancelled(partner, diary):
    path = f"series/{partner.post('series', wish(diary)).json()['id']}"

    ended = partner.post(f"{path}/cancellation", {"by": "patient", "first": 2})

    assert (ended.status_code, ended["ETag"]) == (201, '"2"')
    assert [one["status"] for one in ended.json()["occurrences"]] == ["confirmed", "cancelled", "cancelled"]
    assert partner.post(f"{path}/cancellation", {"by": "patient", "first": 2}).json()["code"] == "already-cancelled"


def test_one_more_visit(partner, diary):
    path = f"series/{partner.post('series', wish(diary)).json()['id']}"

    added = partner.post(f"{path}/occurrences", {"start": at(10, day=MONDAY + 3 * WEEK).isoformat()})

    assert (added.status_code, added.json()["number"]) == (201, 4)
    assert len(partner.get(path).json()["occurrences"]) == 4


def test_series_of_one_patient(partner, diary):
    made = partner.post("series", wish(diary)).json()["id"]
    ali = make_patient(first_names="Ali")
    partner.post("series", wish(diary, patient=str(ali.id), pattern=PATTERN | {"time": "10:00"}))

    found = partner.get(f"series?patient={diary.nour.id}").json()["results"]

    assert [one["id"] for one in found] == [made]
    assert len(partner.get("series").json()["results"]) == 2


def test_lists_ask_a_fixed_number_of_queries(partner, diary):
    pairs = [(hour, minute) for hour in (9, 10, 11) for minute in (0, 30)]
    partner.post("series", wish(diary))
    partner.post("bundles", {"kind": "family", "members": [member(diary, at(9, 30)), member(diary, at(10))]})
    few = queries(partner, "series"), queries(partner, "bundles")

    for n, (hour, minute) in enumerate(pairs):
        day = MONDAY + (4 + n // 6) * WEEK
        partner.post("series", wish(diary, pattern=None, starts=[at(hour, minute, day=day).isoformat()]))
        later = [at(hour, minute, day=day + 10 * WEEK), at(hour, minute, day=day + 20 * WEEK)]
        partner.post("bundles", {"kind": "care_path", "members": [member(diary, start) for start in later]})

    assert (len(partner.get("series").json()["results"]), len(partner.get("bundles").json()["results"])) == (7, 7)
    assert (queries(partner, "series"), queries(partner, "bundles")) == few


def test_a_family_finds_and_takes_its_place(partner, diary):
    ali = make_patient(first_names="Ali")
    diary.book(at(9))
    members = [{"patient": str(one.id), "visit_reason": str(diary.reason.id)} for one in (diary.nour, ali)]

    offered = partner.post("bundles/offers", {"members": members, "from": "2026-03-02", "to": "2026-03-03", "count": 1})
    [offer] = offered.json()["offers"]
    chosen = [
        {**one, **{name: place[name] for name in ("start", "practitioner", "site")}} for one, place in zip(members, offer, strict=True)
    ]
    made = partner.post("bundles", {"kind": "family", "members": chosen})

    assert offered.status_code == 200
    assert [place["start"] for place in offer] == ["2026-03-02T09:30:00+01:00", "2026-03-02T10:00:00+01:00"]
    assert (made.status_code, made["Location"]) == (201, f"/api/v1/bundles/{made.json()['id']}")
    assert [one["patient"] for one in partner.get(f"bundles/{made.json()['id']}").json()["appointments"]] == [
        str(diary.nour.id), str(ali.id),
    ]  # fmt: skip


def test_a_bundle_of_which_one_is_taken_leaves_nothing(partner, diary):
    diary.book(at(9, 30))

    response = partner.post("bundles", {"kind": "family", "members": [member(diary, at(9)), member(diary, at(9, 30))]})

    assert (response.status_code, flaws(response)) == (409, [("/members/1", "slot-taken")])
    assert Appointment.objects.count() == 1


def test_a_bundle_is_cancelled(partner, diary):
    made = partner.post("bundles", {"kind": "care_path", "members": [member(diary, at(9)), member(diary, at(10))]}).json()["id"]

    ended = partner.post(f"bundles/{made}/cancellation", {"by": "cabinet"})

    assert [one["status"] for one in ended.json()["appointments"]] == ["cancelled"] * 2


def test_two_visits_exchange_their_times(partner, diary):
    ali = make_patient(first_names="Ali")
    first, second = diary.book(at(9)), diary.book(at(11), patient_id=ali.id)

    response = partner.post(f"appointments/{first.id}/swap", {"with": str(second.id)}, If_Match='"1"')

    shown = response.json()
    assert (response.status_code, response["ETag"]) == (201, '"2"')
    assert (shown["appointment"]["start"], shown["with"]["start"]) == ("2026-03-02T11:00:00+01:00", "2026-03-02T09:00:00+01:00")
    assert partner.post(f"appointments/{first.id}/swap", {"with": str(second.id)}, If_Match='"1"').status_code == 412
    assert flaws(partner.post(f"appointments/{first.id}/swap", {"with": str(first.id)})) == [("/with", "same-appointment")]


@pytest.mark.parametrize("path", ["series/{0}", "bundles/{0}", "series/not-an-id"])
def test_what_is_not_there(partner, diary, path):
    assert partner.get(path.format(UNKNOWN)).status_code == 404


def test_a_reading_key_books_nothing(diary):
    reader = Partner(TOURCOING, "agenda:read", name="Lecteur")

    assert reader.post("series", wish(diary)).json()["code"] == "missing-scope"
    assert reader.get("series").status_code == 200
