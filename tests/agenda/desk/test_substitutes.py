"""A substitute's rights: from the first minute of the first day to the last of the last, on the cabinet's wall."""

from datetime import datetime, timedelta

import pytest
import time_machine

from agenda.desk.rights import agendas_of, sees, writable_agendas, writes
from agenda.models import OpenedAgenda, RightsEntry, Substitution
from agenda.scheduling import change_status
from medidesk.accounts.models import Role, User
from tests.agenda.desk.pages import DAY, items
from tests.agenda.diary import MONDAY, PARIS, STAFF, Diary, at, make_hours, make_patient, make_practitioner, make_reason, make_substitution

FIRST = datetime(2026, 3, 2, tzinfo=PARIS)
AFTER = datetime(2026, 3, 4, tzinfo=PARIS)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def paul(diary):
    """Paul Le Goff, a practitioner with an account."""
    user = User.objects.create_user("paul@tourcoing.example", full_name="Paul Le Goff", role=Role.PRACTITIONER)
    return make_practitioner(diary.site, first_name="Paul", last_name="Le Goff", user=user)


@pytest.fixture
def replaced(diary, paul):
    """Paul stands in for Alma from Monday to Tuesday."""
    return make_substitution(diary.alma, paul, last_day=MONDAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("moment", "may"),
    [(FIRST - INSTANT, False), (FIRST, True), (AFTER - INSTANT, True), (AFTER, False)],
    ids=["before", "first", "last", "after"],
)
def test_rights_begin_and_end_with_the_days_of_the_wall(diary, paul, replaced, moment, may):
    expected = {paul.id, diary.alma.id} if may else {paul.id}

    assert (set(agendas_of(paul.user, moment)), set(writable_agendas(paul.user, moment))) == (expected, expected)


def test_days_are_those_of_an_overseas_wall(other_cabinet):
    with other_cabinet:
        diary = Diary()
        user = User.objects.create_user("rose@reunion.example", role=Role.PRACTITIONER)
        rose = make_practitioner(diary.site, first_name="Rose", user=user)
        make_substitution(diary.alma, rose)
        midnight = datetime(2026, 3, 2, tzinfo=other_cabinet.zone)
        moments = [midnight - INSTANT, midnight, midnight + timedelta(days=1) - INSTANT, midnight + timedelta(days=1)]

        assert [diary.alma.id in agendas_of(user, moment) for moment in moments] == [False, True, True, False]


@pytest.mark.parametrize("how", ["ended", "withdrawn", "substitute gone", "replaced gone"])
def test_rights_end_at_once(diary, paul, replaced, how):
    rows = {
        "ended": (replaced, "ended_at"), "withdrawn": (replaced, "deleted_at"), "substitute gone": (paul, "deleted_at"),
        "replaced gone": (diary.alma, "deleted_at"),
    }  # fmt: skip
    row, column = rows[how]
    setattr(row, column, at(9))
    row.save()

    assert not sees(paul.user, diary.alma.id)


def test_rights_are_not_handed_on(diary, paul, replaced):
    ines = make_practitioner(diary.site, first_name="Inès", user=User.objects.create_user("ines@tourcoing.example", role=Role.PRACTITIONER))
    make_substitution(paul, ines)

    assert set(agendas_of(ines.user, at(9))) == {ines.id, paul.id}


def test_every_door_opens_during_and_closes_after(sign_in, diary, paul, replaced):
    visit = diary.book(at(10))
    read = [f"/agenda/rendez-vous/{visit.id}", f"/agenda/semaine?praticien={diary.alma.id}", f"/agenda/rendez-vous/{visit.id}/deplacer"]
    with time_machine.travel(AFTER - INSTANT, tick=False):
        browser = sign_in(paul.user)
        during = [browser.get(one).status_code for one in read]
        arrived = browser.post(f"/agenda/rendez-vous/{visit.id}/statut", {"statut": "arrived"}).status_code
    with time_machine.travel(AFTER, tick=False):  # the same session a microsecond later
        after = [browser.get(one).status_code for one in read]
        undone = browser.post(f"/agenda/rendez-vous/{visit.id}/reprendre").status_code

    assert (during, arrived, after, undone) == ([200] * 3, 302, [404] * 3, 404)


def test_substitute_finds_the_visits_on_the_page_and_no_longer_after(sign_in, diary, paul, replaced):
    diary.book(at(10))
    during = sign_in(paul.user).get(DAY).content.decode()
    with time_machine.travel(AFTER, tick=False):
        after = sign_in(paul.user).get(DAY).content.decode()

    assert ("HADDAD" in during, "HADDAD" in after) == (True, False)


def test_substitute_books_in_the_replaced_ones_column(sign_in, diary, paul, replaced):
    make_hours(paul, diary.site)
    browser = sign_in(paul.user)
    form = {
        "patient": str(diary.nour.id),
        "motif": str(diary.reason.id),
        "horaire": f"{diary.alma.id}|{at(11).isoformat()}|{diary.site.id}",
    }

    answer = browser.post("/agenda/rendez-vous/nouveau", form)

    assert (answer.status_code, diary.alma.appointments.count()) == (302, 1)
    assert "Remplacé par Dr Paul Le Goff" in browser.get(DAY).content.decode()


def test_opened_agenda_is_read_and_not_written(sign_in, diary, paul):
    visit = diary.book(at(10))
    OpenedAgenda.objects.create(practitioner=diary.alma, role=Role.PRACTITIONER)
    browser = sign_in(paul.user)

    html = browser.get(DAY).content.decode()

    assert ("HADDAD" in html, items(html, "free")) == (True, [])
    assert browser.get(f"/agenda/rendez-vous/{visit.id}").status_code == 200
    assert browser.post(f"/agenda/rendez-vous/{visit.id}/statut", {"statut": "arrived"}).status_code == 404
    assert (sees(paul.user, diary.alma.id), writes(paul.user, diary.alma.id)) == (True, False)


def test_opened_agenda_gives_nothing_to_settle_and_nobody_to_call(sign_in, diary, paul):
    change_status(appointment_id=diary.book(at(9)).id, status="arrived", actor=STAFF, now=at(9, 5))
    type(diary.reason).objects.update(needs_validation=True)
    diary.book(at(11), patient_id=make_patient(birth_name="Demande").id)
    OpenedAgenda.objects.create(practitioner=diary.alma, role=Role.PRACTITIONER)
    browser = sign_in(paul.user)

    waiting, tasks = (browser.get(f"/agenda/{page}").content.decode() for page in ("attente", "a-traiter"))

    assert ("HADDAD" in waiting, "Appeler" in waiting, "DEMANDE" in tasks) == (True, False, False)


def test_opened_agenda_closes_after_its_last_day(diary, paul):
    OpenedAgenda.objects.create(practitioner=diary.alma, user=paul.user, until=MONDAY)

    moments = [FIRST + timedelta(days=1) - INSTANT, FIRST + timedelta(days=1)]

    assert [diary.alma.id in agendas_of(paul.user, moment) for moment in moments] == [True, False]


def test_telesecretary_sees_the_opened_agendas_only(telesecretary_desk, diary, paul):
    make_hours(paul, diary.site)
    reason = make_reason(paul, name="Autre")
    hidden = diary.book(at(10), practitioner_id=paul.id, visit_reason_id=reason.id, patient_id=make_patient(birth_name="Ailleurs").id)
    diary.book(at(10))

    html = telesecretary_desk.get(DAY).content.decode()

    assert ("HADDAD" in html, "AILLEURS" in html) == (True, False)
    assert telesecretary_desk.get(f"/agenda/rendez-vous/{hidden.id}").status_code == 404


# --- the page -----------------------------------------------------------------------------------------------------------

PAGE = "/agenda/remplacements"


def form_for(diary, paul, **values):
    return {
        "r-practitioner": str(diary.alma.id), "r-substitute": str(paul.id), "r-first_day": "2026-03-02", "r-last_day": "2026-03-06",
    } | values  # fmt: skip


@pytest.fixture
def owner_desk(sign_in, alma):
    """The browser of Alma the owner."""
    return sign_in(alma)


def test_owner_arranges_and_ends(owner_desk, diary, paul):
    assert owner_desk.post(PAGE, form_for(diary, paul)).status_code == 302
    row = Substitution.objects.get()
    assert "En cours" in owner_desk.get(PAGE).content.decode()

    assert owner_desk.post(f"{PAGE}/{row.id}/fin").status_code == 302

    assert not sees(paul.user, diary.alma.id)
    assert "Terminé le 02/03/2026" in owner_desk.get(PAGE).content.decode()
    assert list(RightsEntry.objects.values_list("by", "act")) == [
        ("Alma Delcourt", "substitution-ended"), ("Alma Delcourt", "substitution-arranged"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"r-last_day": "2026-03-01"}, "Le dernier jour doit suivre le premier."),
        ({"r-last_day": "2027-03-03"}, "Un remplacement dure un an au plus."),
        ({"r-first_day": "2026-02-01", "r-last_day": "2026-02-03"}, "Ce remplacement serait déjà terminé."),
        ({"r-substitute": ""}, "Choisissez le remplaçant."),
        ({"r-first_day": "demain"}, "Saisissez une date, par exemple 24/11/2026."),
    ],
)
def test_impossible_days_are_refused_beside_their_field(owner_desk, diary, paul, values, sentence):
    answer = owner_desk.post(PAGE, form_for(diary, paul, **values))

    assert (answer.status_code, sentence in answer.content.decode(), Substitution.objects.count()) == (422, True, 0)


def test_nobody_replaces_oneself_nor_twice(owner_desk, diary, paul, replaced):
    same = owner_desk.post(PAGE, form_for(diary, paul, **{"r-substitute": str(diary.alma.id)}))
    twice = owner_desk.post(PAGE, form_for(diary, paul))

    assert [one.status_code for one in (same, twice)] == [422, 422]
    assert "Un praticien ne se remplace pas lui-même." in same.content.decode()
    assert "Ce remplacement existe déjà pour ces jours." in twice.content.decode()


def test_practitioner_hands_over_the_own_agenda_only(practitioner_desk, diary, paul):
    own = practitioner_desk.post(PAGE, form_for(diary, paul))
    others = practitioner_desk.post(PAGE, form_for(diary, paul, **{"r-practitioner": str(paul.id), "r-substitute": str(diary.alma.id)}))
    foreign = make_substitution(paul, diary.alma)

    assert (own.status_code, others.status_code) == (302, 422)
    assert practitioner_desk.post(f"{PAGE}/{foreign.id}/fin").status_code == 404


def test_secretary_has_no_such_page(desk, diary):
    assert desk.get(PAGE).status_code == 404


def test_owner_opens_an_agenda_and_closes_it(owner_desk, diary, paul):
    form = {"o-practitioner": str(diary.alma.id), "o-reader": str(paul.user.id), "o-until": "2026-03-02"}
    assert owner_desk.post("/agenda/agendas-ouverts", form).status_code == 302
    opened = OpenedAgenda.objects.get()
    assert sees(paul.user, diary.alma.id)

    owner_desk.post(f"/agenda/agendas-ouverts/{opened.id}/fermer")

    assert not sees(paul.user, diary.alma.id)
    assert set(RightsEntry.objects.values_list("act", flat=True)) == {"agenda-opened", "agenda-closed"}


def test_opening_to_nobody_is_refused(owner_desk, diary):
    form = {"o-practitioner": str(diary.alma.id), "o-reader": "owner", "o-until": ""}

    assert owner_desk.post("/agenda/agendas-ouverts", form).status_code == 422


def test_patients_read_who_replaces_whom(client, diary, paul):
    make_substitution(diary.alma, paul, last_day=MONDAY + timedelta(days=4))

    html = client.get("/").content.decode()

    assert "Remplacé par le Dr\u00a0Paul Le Goff du 2\u00a0mars au 6\u00a0mars" in html
    assert "Remplace le Dr\u00a0Alma Delcourt jusqu’au 6\u00a0mars" in html


# --- several cabinets ---------------------------------------------------------------------------------------------------


def shared(diary) -> bool:
    diary.alma.refresh_from_db()
    return diary.alma.shares_time


def test_owner_shares_with_the_practitioners_word_and_stops(owner_desk, diary):
    type(diary.alma).objects.filter(pk=diary.alma.pk).update(rpps="10002673894")
    address = f"/agenda/occupation-partagee/{diary.alma.id}"
    steps = []
    for form in ({"partage": "1"}, {"partage": "1", "accord": "1"}, {"partage": "0"}):
        owner_desk.post(address, form)
        steps.append(shared(diary))

    assert steps == [False, True, False]


def test_nobody_shares_a_colleagues_time(practitioner_desk, diary, paul):
    assert practitioner_desk.post(f"/agenda/occupation-partagee/{paul.id}", {"partage": "1", "accord": "1"}).status_code == 404


def test_without_a_number_there_is_no_button(owner_desk, diary):
    assert "Il faut d’abord son numéro RPPS." in owner_desk.get(PAGE).content.decode()
