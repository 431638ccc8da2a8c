"""The waiting list over REST."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.models import WaitingListEntry, WaitingOffer
from tests.agenda.diary import at
from tests.agenda.waiting_list.people import make_person
from tests.conftest import TOURCOING
from tests.partners import Partner, flaws


@pytest.fixture
def person(diary):
    """Somebody with a mobile."""
    return make_person(1)


def joined(partner, diary, person, **values):
    return partner.post("waiting-list", {"patient": str(person.id), "visit_reason": str(diary.reason.id), **values})


def test_joining_shows_the_whole_wish(partner, diary, person):
    wish = {
        "practitioners": [str(diary.alma.id)], "sites": [str(diary.site.id)], "from": "2026-03-02", "until": "2026-04-30",
        "windows": [{"weekdays": [0, 2], "start": "09:00", "end": "24:00"}], "note": "le matin",
    }  # fmt: skip

    answer = joined(partner, diary, person, **wish)

    entry = WaitingListEntry.objects.get()
    assert (answer.status_code, answer["Location"], answer["ETag"]) == (201, f"/api/v1/waiting-list/{entry.id}", '"1"')
    noon = "2026-03-01T12:00:00+01:00"
    assert answer.json() == {
        "id": str(entry.id), "version": 1, "patient": str(person.id), "visit_reason": str(diary.reason.id), **wish, "appointment": None,
        "priority": "normal", "state": "waiting", "source": "partner", "joined_by": "api:Portail", "booked": None, "offers": [],
        "created_at": noon, "updated_at": "2026-03-01T11:00:00+00:00",
    }  # fmt: skip
    assert partner.get(f"waiting-list/{entry.id}").json() == answer.json()


def test_wanting_an_earlier_time_takes_the_reason_of_the_visit(partner, diary, person):
    visit = diary.book(at(11), patient_id=person.id)

    answer = partner.post("waiting-list", {"patient": str(person.id), "appointment": str(visit.id)})

    assert (answer.status_code, answer.json()["appointment"], answer.json()["visit_reason"]) == (201, str(visit.id), str(diary.reason.id))


def test_joining_twice_is_refused(partner, diary, person):
    joined(partner, diary, person)

    assert (joined(partner, diary, person).status_code, joined(partner, diary, person).json()["code"]) == (409, "already-waiting")


NOBODY = "00000000-0000-0000-0000-000000000007"


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"patient": NOBODY}, [("/patient", "unknown-reference")]),
        ({"visit_reason": NOBODY}, [("/visit_reason", "unknown-reference")]),
        ({"visit_reason": None}, [("/visit_reason", "unknown-reference")]),
        ({"practitioners": [NOBODY]}, [("/practitioners", "unknown-reference")]),
        ({"sites": [NOBODY]}, [("/sites", "unknown-reference")]),
        ({"appointment": NOBODY}, [("/appointment", "unknown-reference")]),
        ({"from": "2026-04-02", "until": "2026-04-01"}, [("/until", "dates-not-valid")]),
        ({"until": "2026-02-01"}, [("/until", "dates-not-valid")]),
        ({"windows": [{"weekdays": [0], "start": "10:00", "end": "09:00"}]}, [("/windows/0", "windows-not-valid")]),
        ({"windows": [{"weekdays": [], "start": "10:00", "end": "11:00"}]}, [("/windows/0", "windows-not-valid")]),
        ({"priority": "urgent"}, [("/priority", "staff-only")]),
        ({"state": "booked"}, [("/state", "not-writable")]),
    ],
)
def test_joining_refused(partner, diary, person, values, found):
    answer = joined(partner, diary, person, **values)

    assert (answer.status_code, flaws(answer)) == (422, found)
    assert not WaitingListEntry.objects.exists()


def test_the_cabinet_says_who_is_in_a_hurry(staff, diary, person):
    assert joined(staff, diary, person, priority="urgent").json()["priority"] == "urgent"


def test_changing_needs_the_version_and_counts_it(partner, diary, person):
    entry = joined(partner, diary, person).json()["id"]

    assert partner.patch(f"waiting-list/{entry}", {"until": "2026-05-01"}).status_code == 428
    assert partner.patch(f"waiting-list/{entry}", {"until": "2026-05-01"}, 7).status_code == 412
    answer = partner.patch(f"waiting-list/{entry}", {"until": "2026-05-01"}, 1)

    assert (answer.status_code, answer.json()["until"], answer["ETag"]) == (200, "2026-05-01", '"2"')
    assert partner.patch(f"waiting-list/{entry}", {"until": "2026-05-01"}, 2).json()["version"] == 2


def test_leaving_is_seen_by_those_who_ask_what_changed(partner, diary, person):
    entry = joined(partner, diary, person).json()["id"]

    assert partner.delete(f"waiting-list/{entry}", 1).status_code == 204

    assert (partner.get(f"waiting-list/{entry}").status_code, partner.get("waiting-list").json()["results"]) == (404, [])
    changed = partner.get("waiting-list?changed_since=2026-01-01T00:00:00Z").json()["results"]
    assert [(one["state"], "deleted_at" in one) for one in changed] == [("withdrawn", True)]


def test_proposing_a_time_holds_it_and_says_until_when(partner, diary, person):
    entry = joined(partner, diary, person).json()["id"]

    answer = partner.post(f"waiting-list/{entry}/offers", {"practitioner": str(diary.alma.id), "start": at(10).isoformat(), "minutes": 20})

    offer = WaitingOffer.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {
            "id": str(offer.id), "practitioner": str(diary.alma.id), "site": str(diary.site.id), "start": "2026-03-02T10:00:00+01:00",
            "end": "2026-03-02T10:30:00+01:00", "sent_at": "2026-03-01T12:00:00+01:00", "answer_by": "2026-03-01T12:20:00+01:00",
            "state": "open", "channel": "sms",
        },
    )  # fmt: skip
    assert partner.get(f"waiting-list/{entry}").json()["offers"] == [answer.json()]
    assert "10:00" not in diary.slots()


def test_proposing_refused(partner, diary, person):
    entry = joined(partner, diary, person).json()["id"]
    ten = {"practitioner": str(diary.alma.id), "start": at(10).isoformat()}

    assert partner.post(f"waiting-list/{entry}/offers", {**ten, "practitioner": NOBODY}).json()["code"] == "unknown-reference"
    assert partner.post(f"waiting-list/{entry}/offers", {**ten, "channel": "email"}).json()["code"] == "no-way-to-reach"
    assert partner.post(f"waiting-list/{entry}/offers", {**ten, "start": at(10, 5).isoformat()}).json()["code"] == "not-on-grid"
    diary.book(at(10))
    assert partner.post(f"waiting-list/{entry}/offers", ten).json()["code"] == "slot-taken"
    partner.post(f"waiting-list/{entry}/offers", {**ten, "start": at(11).isoformat()})
    assert partner.post(f"waiting-list/{entry}/offers", {**ten, "start": at(11, 30).isoformat()}).json()["code"] == "not-waiting"


def test_filters(partner, diary, person):
    entry = joined(partner, diary, person).json()["id"]

    assert [one["id"] for one in partner.get(f"waiting-list?patient={person.id}&state=waiting").json()["results"]] == [entry]
    assert partner.get("waiting-list?state=booked").json()["results"] == []
    assert partner.get(f"waiting-list?patient={NOBODY}").status_code == 422


def test_scopes(diary, person):
    reader = Partner(TOURCOING, "agenda:read")

    assert (reader.get("waiting-list").status_code, joined(reader, diary, person).status_code) == (200, 403)


def test_as_many_queries_for_thirty_as_for_one(partner, diary, person):
    joined(partner, diary, person)
    partner.get("waiting-list")  # the host is known from now on
    with CaptureQueriesContext(connection) as one:
        partner.get("waiting-list")
    for number in range(10, 39):
        joined(partner, diary, make_person(number))

    with CaptureQueriesContext(connection) as thirty:
        assert len(partner.get("waiting-list").json()["results"]) == 30
    assert len(thirty) == len(one)
