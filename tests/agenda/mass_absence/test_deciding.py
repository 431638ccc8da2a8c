"""Preparing an absence: what it meets, what is proposed, what is decided."""

from datetime import timedelta

import pytest

from agenda.errors import UnknownReference
from agenda.mass_absence import Choice, affected_visits, decide, decide_all, discard, note_call, prepare, renew_lines, send
from agenda.mass_absence.errors import AlreadySent, NoSuchMassAbsence, StaleMassAbsence
from agenda.models import Absence, MassAbsence
from agenda.scheduling import cancel_appointment, change_status
from medidesk.errors import Refused
from tests.agenda.diary import NOW, STAFF, at, make_patient, make_practitioner, make_reason, make_site
from tests.agenda.mass_absence.day import IN_A_WEEK, colleague, drafted, line_of, scope


def starts(line) -> list[str]:
    return [one["start"] for one in line.proposals]


def test_it_meets_requests_and_confirmed_visits_only(diary):
    kept = [diary.book(at(9)), diary.book(at(10), visit_reason_id=make_reason(diary.alma, needs_validation=True).id)]
    arrived, cancelled = diary.book(at(11)), diary.book(at(9, 30))
    change_status(appointment_id=arrived.id, status="arrived", actor=STAFF, now=NOW)
    cancel_appointment(appointment_id=cancelled.id, by="cabinet", reason="", actor=STAFF, now=NOW)

    assert affected_visits(scope(diary), NOW) == kept


def test_it_meets_what_overlaps_its_edges(diary):
    diary.book(at(9))
    half, whole = diary.book(at(9, 30)), diary.book(at(10))

    assert affected_visits(scope(diary, start=at(9, 45), end=at(10, 15)), NOW) == [half, whole]
    assert affected_visits(scope(diary, start=at(10, 30), end=at(11)), NOW) == []


def test_a_closed_site_meets_everybody_there(diary):
    visit = diary.book(at(9))
    other = make_site(name="Annexe")

    whole_site = {"practitioner_id": None, "site_id": diary.site.id}
    assert affected_visits(scope(diary, **whole_site), NOW) == [visit]
    assert affected_visits(scope(diary, **(whole_site | {"site_id": other.id})), NOW) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"end": at(8)}, "ends-before-start"),
        ({"start": NOW - timedelta(days=2), "end": NOW}, "absence-over"),
        ({"end": at(8) + timedelta(days=367)}, "absence-too-long"),
        ({"practitioner_id": None}, "practitioner-or-site"),
    ],
)
def test_impossible_absences_are_refused(diary, values, code):
    with pytest.raises(Refused) as refusal:
        prepare(scope(diary, **values), actor=STAFF, now=NOW)

    assert (refusal.value.code, MassAbsence.objects.count()) == (code, 0)


def test_a_stranger_s_practitioner_is_refused(diary, other_cabinet):
    with other_cabinet:
        stranger = make_practitioner(make_site())

    with pytest.raises(UnknownReference):
        prepare(scope(diary, practitioner_id=stranger.id), actor=STAFF, now=NOW)


def test_a_draft_closes_nothing(diary):
    diary.book(at(9))

    drafted(diary)

    assert (Absence.objects.count(), diary.slots()) == (0, ["09:30", "10:00", "10:30", "11:00", "11:30"])


def test_three_times_of_the_next_mondays_are_proposed(diary):
    visit = diary.book(at(9))

    drafted(diary)

    assert (line_of(visit).decision, starts(line_of(visit))) == (
        "propose", [at(hour, minute, IN_A_WEEK).isoformat().replace("+01:00", "+00:00").replace(f"T{hour:02d}", f"T{hour - 1:02d}")
                    for hour, minute in ((9, 0), (9, 30), (10, 0))],
    )  # fmt: skip


def test_one_s_own_practitioner_is_among_them_even_if_a_colleague_is_sooner(diary):
    samir = colleague(diary)
    visit = diary.book(at(9))

    drafted(diary)

    with_whom = [one["practitioner"] for one in line_of(visit).proposals]
    assert with_whom == [str(samir.id), str(samir.id), str(diary.alma.id)]


def test_no_two_patients_are_proposed_the_same_time(diary):
    visits = [diary.book(at(9 + n // 2, 30 * (n % 2)), patient_id=make_patient(first_names=f"P{n}").id) for n in range(6)]

    drafted(diary)

    proposed = [start for visit in visits for start in starts(line_of(visit))]
    assert (len(proposed), len(set(proposed))) == (18, 18)


def test_when_times_are_few_the_first_ones_differ(diary):
    diary.hours.valid_until = IN_A_WEEK
    diary.hours.save()
    visits = [diary.book(at(9 + n // 2, 30 * (n % 2)), patient_id=make_patient(first_names=f"P{n}").id) for n in range(6)]

    drafted(diary)

    assert {len(line_of(visit).proposals) for visit in visits} == {3}
    assert len({start for visit in visits for start in starts(line_of(visit))}) == 6


def test_a_visit_without_reason_can_only_be_cancelled(diary):
    visit = diary.book(at(9))
    type(visit).objects.update(visit_reason=None)

    draft = drafted(diary)

    assert (line_of(visit).decision, line_of(visit).proposals) == ("cancel", [])
    with pytest.raises(Refused) as refusal:
        decide(draft.id, {visit.id: Choice("propose")}, now=NOW)
    assert refusal.value.code == "nothing-to-propose"


def test_a_move_needs_somebody_who_offers_the_reason_outside_the_absence(diary):
    visit = diary.book(at(9))
    draft, samir, stranger = drafted(diary), colleague(diary), make_practitioner(diary.site, last_name="Ravel")

    def code_of(choice):
        with pytest.raises(Refused) as refusal:
            decide(draft.id, {visit.id: choice}, now=NOW)
        return refusal.value.code

    assert [code_of(Choice("move", one)) for one in (None, stranger.id, diary.alma.id)] == [
        "move-target-missing", "reason-not-offered", "move-into-absence",
    ]  # fmt: skip
    assert code_of(Choice("vanish")) == "not-a-choice"
    decide(draft.id, {visit.id: Choice("move", samir.id)}, now=NOW)
    assert (line_of(visit).to_practitioner, line_of(visit).to_start) == (samir, at(9))


def test_a_choice_for_another_s_visit_is_refused(diary):
    draft = drafted(diary)

    with pytest.raises(UnknownReference):
        decide(draft.id, {diary.book(at(9)).id: Choice("keep")}, now=NOW)


def test_two_secretaries_do_not_overwrite_each_other(diary):
    visit = diary.book(at(9))
    draft = drafted(diary)
    decide(draft.id, {visit.id: Choice("keep")}, now=NOW, expected_version=1)

    with pytest.raises(StaleMassAbsence):
        decide(draft.id, {visit.id: Choice("cancel")}, now=NOW, expected_version=1)

    assert line_of(visit).decision == "keep"


def test_the_same_for_all_moves_those_whose_time_is_free_there(diary):
    samir = colleague(diary, start=9, end=10)
    visits = [diary.book(at(hour)) for hour in (9, 11)]
    draft = drafted(diary)

    assert decide_all(draft.id, Choice("move", samir.id), now=NOW) == 1
    assert [line_of(visit).decision for visit in visits] == ["move", "propose"]
    assert decide_all(draft.id, Choice("cancel"), now=NOW) == 2
    assert [line_of(visit).to_practitioner for visit in visits] == [None, None]


def test_a_draft_is_brought_up_to_date(diary):
    gone, kept = diary.book(at(9)), diary.book(at(10))
    draft = drafted(diary)
    decide(draft.id, {kept.id: Choice("keep")}, now=NOW)
    cancel_appointment(appointment_id=gone.id, by="patient", reason="", actor=STAFF, now=NOW)
    fresh = diary.book(at(11))

    assert renew_lines(draft.id, now=NOW) == (1, 1)
    assert [(line.appointment, line.decision) for line in draft.lines.order_by("was_start")] == [(kept, "keep"), (fresh, "propose")]
    assert renew_lines(draft.id, now=NOW) == (0, 0)


def test_a_sent_absence_is_no_draft_any_more(diary):
    visit = diary.book(at(9))
    draft = drafted(diary)
    send(draft.id, actor=STAFF, now=NOW)

    for act in (lambda: decide(draft.id, {visit.id: Choice("keep")}, now=NOW), lambda: discard(draft.id, now=NOW),
                lambda: renew_lines(draft.id, now=NOW), lambda: send(draft.id, actor=STAFF, now=NOW)):  # fmt: skip
        with pytest.raises(AlreadySent):
            act()


def test_a_discarded_draft_is_gone(diary):
    draft = drafted(diary)

    discard(draft.id, now=NOW)

    with pytest.raises(NoSuchMassAbsence):
        send(draft.id, actor=STAFF, now=NOW)


def test_calls_are_noted_with_their_author(diary):
    visit = diary.book(at(9))
    draft = drafted(diary)
    line = line_of(visit)

    note_call(draft.id, line.id, called=True, outcome="rappelle demain", actor=STAFF, now=NOW)
    noted = line_of(visit)
    assert (noted.phoned_by, noted.phoned_at, noted.phone_outcome) == ("Basile", NOW, "rappelle demain")

    note_call(draft.id, line.id, called=False, outcome="", actor=STAFF, now=NOW)
    assert (line_of(visit).phoned_by, line_of(visit).phoned_at) == ("", None)


@pytest.mark.parametrize("count", [1, 6])
def test_preparing_asks_as_much_for_six_visits_as_for_one(diary, count, django_assert_max_num_queries):
    for n in range(count):
        diary.book(at(9 + n // 2, 30 * (n % 2)))
    diary.slots()

    with django_assert_max_num_queries(16):
        drafted(diary)
