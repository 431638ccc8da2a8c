"""reason-not-offered: the practitioner does not offer the reason."""

from tests.agenda.diary import at, make_practitioner, make_reason
from tests.agenda.rules.asking import STAFF, codes, refused


def test_refuses_who_does_not_offer_it(diary):
    other = make_reason(make_practitioner(diary.site, first_name="Ben"))

    assert codes(diary, at(9), reason=other) == ["reason-not-offered"]


def test_does_not_refuse_who_offers_it(diary):
    assert codes(diary, at(9)) == []


def test_says_nothing_of_hours_grid_or_counts(diary):
    other = make_reason(make_practitioner(diary.site, first_name="Ben"), max_per_day=1)

    assert codes(diary, at(3, 7), reason=other) == ["reason-not-offered"]


def test_a_reason_that_nobody_offers_is_listed_by_nobody(diary):
    nobodys = make_reason()

    assert codes(diary, at(9), reason=nobodys) == ["reason-not-offered"]
    assert diary.slots(reason=nobodys) == []


def test_the_staff_is_refused_too(diary):
    other = make_reason(make_practitioner(diary.site, first_name="Ben"))

    assert refused(diary, at(9), STAFF, reason=other) == {"reason-not-offered": "refuse"}
