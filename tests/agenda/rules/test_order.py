"""The rules stand in the contract's order, each once, each with a sentence."""

from agenda.free_times.rules import BY_CODE, RULES, rank, refusals_for
from tests.agenda.diary import STAFF, at, make_absence, make_hours, make_site
from tests.agenda.rules.asking import STAFF as AT_THE_DESK
from tests.agenda.rules.asking import change, codes, refused

CONTRACT = [
    "in-the-past",
    "reason-not-offered",
    "staff-only",
    "known-patients-only",
    "channel-closed",
    "beyond-horizon",
    "minimum-notice",
    "public-holiday",
    "practitioner-absent",
    "outside-opening-hours",
    "kept-until-release",
    "not-on-grid",
    "slot-taken",
    "resource-taken",
    "daily-maximum",
    "too-soon-after-last-visit",
    "patient-already-booked",
    "online-booking-closed",
    "would-leave-a-hole",
]


def test_the_rules_are_those_of_the_contract_in_its_order():
    assert [rule.code for rule in RULES] == CONTRACT


def test_each_rule_says_one_french_sentence():
    assert len({str(rule.sentence) for rule in RULES}) == len(RULES)
    assert all(str(rule.sentence).endswith(".") for rule in RULES)


def test_only_a_reason_that_is_not_offered_refuses_the_staff():
    assert [rule.code for rule in RULES if rule.staff == "refuse"] == ["reason-not-offered"]


def test_what_the_staff_must_insist_on():
    assert {rule.code for rule in RULES if rule.staff == "insist"} == {
        "in-the-past", "public-holiday", "practitioner-absent", "outside-opening-hours", "not-on-grid", "slot-taken", "resource-taken",
    }  # fmt: skip


def test_refusals_are_sorted_and_ranked():
    refusals = refusals_for({"slot-taken", "in-the-past"}, staff=False)

    assert [one.code for one in refusals] == ["in-the-past", "slot-taken"]
    assert (rank(refusals), rank([])) == (0, len(RULES))
    assert all(one.detail == str(BY_CODE[one.code].sentence) for one in refusals)


def test_all_that_refuses_is_told_in_order(diary):
    make_absence(at(9), at(12), practitioner=diary.alma)
    change(diary.reason, min_notice_minutes=60 * 48, horizon_days=0)
    diary.book(at(9), actor=STAFF, source="phone", insist="urgence")

    assert codes(diary, at(9, 10)) == ["beyond-horizon", "minimum-notice", "practitioner-absent", "not-on-grid", "slot-taken"]


def test_of_two_sites_the_staff_gets_the_one_where_it_need_not_insist(diary):
    annexe = make_site(name="Annexe")
    make_hours(diary.alma, annexe, 14, 16)
    change(diary.hours, channels=["website"])

    assert refused(diary, at(9), AT_THE_DESK) == {"channel-closed": "warn"}
    assert "09:00" in diary.slots(visitor=AT_THE_DESK)
    assert refused(diary, at(14), AT_THE_DESK) == {}
