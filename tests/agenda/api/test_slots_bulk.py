"""Free times of several reasons in one answer."""

import pytest

from agenda import setup
from tests.agenda.diary import NOW, STAFF, at, make_hours, make_practitioner, make_reason, make_room
from tests.partners import flaws

WINDOW = "from=2026-03-02&to=2026-03-10"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def reasons(diary):
    """Three reasons of two practitioners, one of them with a room."""
    ben = make_practitioner(diary.site, first_name="Ben")
    make_hours(ben, diary.site, 14, 16)
    make_room(diary.site)
    return [diary.reason, make_reason(diary.alma, ben, duration_minutes=20), make_reason(ben, resource_kinds=["room"], one_upcoming=True)]


def test_each_reason_is_answered_as_alone_in_the_order_asked(partner, diary, reasons):
    diary.book(at(9))
    wanted = [reasons[2], reasons[0], reasons[1]]

    results = partner.get(f"slots/bulk?visit_reason={','.join(str(one.id) for one in wanted)}&{WINDOW}").json()["results"]

    assert results == [partner.get(f"slots?visit_reason={one.id}&{WINDOW}").json() for one in wanted]


@pytest.mark.parametrize("more", ["&patient_status=known", "&channel=phone", "&practitioner={alma}", "&site={site}", "&patient={nour}"])
def test_the_filters_are_those_of_slots(partner, diary, reasons, more):
    diary.book(at(14), visit_reason_id=reasons[2].id, practitioner_id=reasons[2].practitioners.get().id)
    more = more.format(alma=diary.alma.id, site=diary.site.id, nour=diary.nour.id)

    results = partner.get(f"slots/bulk?visit_reason={','.join(str(one.id) for one in reasons)}&{WINDOW}{more}").json()["results"]

    assert results == [partner.get(f"slots?visit_reason={one.id}&{WINDOW}{more}").json() for one in reasons]


def test_ten_reasons_ask_no_more_queries_than_one(partner, diary, django_assert_max_num_queries):
    quota = {"practitioner": diary.alma.id, "start": 0, "end": 1440, "channels": ["partner"], "most_visits": 1}
    setup.create(setup.QUOTAS, quota, now=NOW)
    reasons = [make_reason(diary.alma, name=f"R{n}", min_days_between=2) for n in range(10)]
    partner.get(f"slots?visit_reason={reasons[0].id}&{WINDOW}")

    counts = []
    for hour, some in ((9, reasons[:1]), (10, reasons)):
        diary.book(at(hour), actor=STAFF, source="phone")
        asked = ",".join(str(one.id) for one in some)
        with django_assert_max_num_queries(30) as queries:
            partner.get(f"slots/bulk?visit_reason={asked}&{WINDOW}&patient={diary.nour.id}")
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("query", "flaw"),
    [
        ("visit_reason={reason}&from=2026-03-02&to=2026-04-03", ("/to", "window-not-valid")),
        ("visit_reason={reason}&from=2026-03-02&to=2026-03-01", ("/to", "window-not-valid")),
        (f"visit_reason={{reason}},{UNKNOWN}&{WINDOW}", ("/visit_reason", "unknown-reference")),
        (f"visit_reason=&{WINDOW}", ("/visit_reason", "required")),
        (WINDOW, ("/visit_reason", "required")),
        (f"visit_reason={','.join([UNKNOWN] * 11)}&{WINDOW}", ("/visit_reason", "too-many")),
        (f"visit_reason={{reason}}&{WINDOW}&practitioner={','.join([UNKNOWN] * 26)}", ("/practitioner", "too-many")),
        (f"visit_reason={{reason}}&{WINDOW}&practitioner={UNKNOWN}", ("/practitioner", "unknown-reference")),
    ],
)
def test_impossible_queries_are_refused(partner, diary, query, flaw):
    response = partner.get("slots/bulk?" + query.format(reason=diary.reason.id))

    assert (response.status_code, flaws(response)) == (422, [flaw])


def test_a_reason_named_twice_is_answered_once(partner, diary):
    results = partner.get(f"slots/bulk?visit_reason={diary.reason.id},{diary.reason.id}&{WINDOW}").json()["results"]

    assert [one["visit_reason"] for one in results] == [str(diary.reason.id)]
