"""Free times over REST."""

import pytest

from tests.agenda.diary import STAFF, at, make_patient, make_practitioner, make_reason
from tests.conftest import TOURCOING
from tests.partners import Partner, flaws

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def test_slots_have_the_contract_s_shape(partner, diary):
    body = partner.get(f"slots?visit_reason={diary.reason.id}&from=2026-03-02&to=2026-03-03").json()

    assert body == {
        "visit_reason": str(diary.reason.id),
        "time_zone": "Europe/Paris",
        "from": "2026-03-02",
        "to": "2026-03-03",
        "practitioners": [
            {
                "id": str(diary.alma.id),
                "site": str(diary.site.id),
                "duration_minutes": 30,
                "slots": [f"2026-03-02T{hour:02d}:{minute:02d}:00+01:00" for hour in (9, 10, 11) for minute in (0, 30)],
            }
        ],
    }


def test_a_practitioner_without_hours_has_an_entry_without_site(partner, diary):
    chloe = make_practitioner(diary.site, first_name="Chloé")
    reason = make_reason(chloe)

    body = partner.get(f"slots?visit_reason={reason.id}&from=2026-03-02&to=2026-03-03").json()

    assert body["practitioners"] == [{"id": str(chloe.id), "site": None, "duration_minutes": 30, "slots": []}]


@pytest.mark.parametrize(
    ("query", "status", "flaw"),
    [
        ("from=2026-03-02&to=2026-03-03", 422, ("/visit_reason", "required")),
        ("visit_reason={reason}&from=2026-03-02", 422, ("/to", "required")),
        ("visit_reason={reason}&from=2026-03-02&to=2026-06-03", 422, ("/to", "window-not-valid")),
        ("visit_reason={reason}&from=2026-03-02&to=2026-03-01", 422, ("/to", "window-not-valid")),
        ("visit_reason={reason}&from=monday&to=2026-03-03", 400, ("/from", "wrong-type")),
        ("visit_reason={reason}&from=2026-02-30&to=2026-03-03", 422, ("/from", "date-not-valid")),
        (f"visit_reason={UNKNOWN}&from=2026-03-02&to=2026-03-03", 422, ("/visit_reason", "unknown-reference")),
        ("visit_reason=x&from=2026-03-02&to=2026-03-03", 422, ("/visit_reason", "unknown-reference")),
        (f"visit_reason={{reason}}&from=2026-03-02&to=2026-03-03&practitioner={UNKNOWN}", 422, ("/practitioner", "unknown-reference")),
        (f"visit_reason={{reason}}&from=2026-03-02&to=2026-03-03&site={UNKNOWN}", 422, ("/site", "unknown-reference")),
        (f"visit_reason={{reason}}&from=2026-03-02&to=2026-03-03&patient={UNKNOWN}", 422, ("/patient", "unknown-reference")),
        ("visit_reason={reason}&from=2026-03-02&to=2026-03-03&channel=fax", 422, ("/channel", "not-a-choice")),
        (
            "visit_reason={reason}&from=2026-03-02&to=2026-03-03&practitioner=" + ",".join([UNKNOWN] * 26),
            422,
            ("/practitioner", "too-many"),
        ),
    ],
)
def test_impossible_queries_are_refused(partner, diary, query, status, flaw):
    response = partner.get("slots?" + query.format(reason=diary.reason.id))

    assert (response.status_code, flaws(response)) == (status, [flaw])


def test_the_patient_wins_over_the_patient_status(partner, diary):
    reason = make_reason(diary.alma, bookable_by="known")
    known = make_patient(known=True)
    query = f"slots?visit_reason={reason.id}&from=2026-03-02&to=2026-03-03"

    def count(more: str) -> int:
        return len(partner.get(query + more).json()["practitioners"][0]["slots"])

    assert [count(""), count("&patient_status=known"), count(f"&patient={known.id}&patient_status=new")] == [0, 6, 6]
    assert count(f"&patient={diary.nour.id}&patient_status=known") == 0


def test_the_next_slot_is_the_first_free_time(partner, diary):
    diary.book(at(9))

    body = partner.get(f"slots/next?visit_reason={diary.reason.id}&from=2026-03-01").json()

    assert body["slot"] == {
        "practitioner": str(diary.alma.id), "site": str(diary.site.id),
        "start": "2026-03-02T09:30:00+01:00", "end": "2026-03-02T10:00:00+01:00",
    }  # fmt: skip


def test_without_any_free_time_the_next_slot_is_null(partner, diary):
    diary.hours.delete()

    assert partner.get(f"slots/next?visit_reason={diary.reason.id}&from=2026-03-01").json() == {"slot": None}


def explain(partner: Partner, diary, start: str, **more: str) -> dict:
    query = {"visit_reason": diary.reason.id, "practitioner": diary.alma.id, "start": start, **more}
    return partner.get("slots/explain?" + "&".join(f"{name}={value}" for name, value in query.items())).json()


def test_a_bookable_time_has_no_refusals(partner, diary):
    assert explain(partner, diary, "2026-03-02T09:00:00%2B01:00") == {"bookable": True, "refusals": []}


def test_every_rule_that_refuses_is_told_in_order(partner, diary):
    diary.reason.min_notice_minutes = 3 * 1440
    diary.reason.save()
    diary.book(at(9), actor=STAFF, source="phone", insist="Urgence")

    body = explain(partner, diary, "2026-03-02T09:10:00 01:00")

    assert (body["bookable"], [one["code"] for one in body["refusals"]]) == (False, ["minimum-notice", "not-on-grid", "slot-taken"])


def test_warnings_do_not_stop_the_staff(staff, diary):
    diary.reason.min_notice_minutes = 3 * 1440
    diary.reason.save()

    body = explain(staff, diary, "2026-03-02T09:00:00Z")

    assert (body["bookable"], [one["code"] for one in body["refusals"]]) == (True, ["minimum-notice"])


def test_a_warm_search_asks_the_database_twice_at_most(partner, diary, django_assert_max_num_queries):
    url = f"slots?visit_reason={diary.reason.id}&from=2026-03-02&to=2026-03-30"
    partner.get(url)

    with django_assert_max_num_queries(2):
        partner.get(url)


def test_the_other_cabinet_s_reason_is_unknown(partner, diary, other_cabinet):
    with other_cabinet:
        theirs = make_reason()

    response = partner.get(f"slots?visit_reason={theirs.id}&from=2026-03-02&to=2026-03-03")

    assert (response.status_code, flaws(response)) == (422, [("/visit_reason", "unknown-reference")])


def test_slots_need_agenda_read(cabinet, diary):
    assert Partner(TOURCOING, "patients:write").get(f"slots?visit_reason={diary.reason.id}").status_code == 403
