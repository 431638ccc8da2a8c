"""Announcing an absence at the desk, from the form to the calls."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.mass_absence import carry_out_due
from agenda.models import MassAbsence, MassAbsenceLine
from medidesk.messaging.models import Message
from patients.models import Patient
from tests.agenda.diary import at, make_patient, make_practitioner
from tests.agenda.mass_absence.day import colleague, line_of
from tests.agenda.told import NEXT_MONDAY

DAY = "/agenda/jour/2026-03-02"
TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def visits(diary):
    """Two patients next Monday."""
    return [diary.book(at(hour, day=NEXT_MONDAY), patient_id=make_patient(first_names=f"P{hour}", email=f"p{hour}@x.example").id)
            for hour in (9, 10)]  # fmt: skip


def typed(diary, **values):
    return {"who": f"p|{diary.alma.id}", "first_day": "2026-03-09", "label": "Formation", **values}


def drafted(desk, diary, **values) -> str:
    """The address of a new draft."""
    return desk.post("/agenda/absence/nouvelle", typed(diary, **values)).url


def sent(desk, diary) -> str:
    """The address of an absence that was just sent."""
    url = drafted(desk, diary)
    desk.post(f"{url}/choix", {})
    desk.post(f"{url}/envoyer", {"version": MassAbsence.objects.get().version})
    return url


def words(page) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def test_the_form_opens_on_the_practitioner_and_day_that_were_pressed(desk, diary):
    page = desk.get(f"/agenda/absence/nouvelle?praticien={diary.alma.id}&jour=2026-03-09").content.decode()

    assert f'value="p|{diary.alma.id}" selected' in page and 'value="2026-03-09"' in page


def test_typing_leads_to_the_visits(desk, diary, visits):
    url = drafted(desk, diary)

    page = words(desk.get(url))
    assert "2 rendez-vous concernés." in page and "HADDAD P9" in page and "Proposer" in page
    mass = MassAbsence.objects.get()
    assert (mass.start, mass.end, mass.label, mass.prepared_by) == (
        at(0, day=NEXT_MONDAY), at(0, day=NEXT_MONDAY) + timedelta(days=1), "Formation", "Basile Vandamme",
    )  # fmt: skip


def test_hours_narrow_it(desk, diary, visits):
    drafted(desk, diary, first_time="09:30", last_time="12:00")

    assert [line.appointment for line in MassAbsenceLine.objects.all()] == visits[1:]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"last_day": "2026-03-08"}, "La fin doit suivre le début."),
        ({"first_day": "2026-01-05"}, "Cette absence est déjà finie."),
        ({"last_day": "2028-01-01"}, "Une absence dure au plus un an."),
        ({"first_day": ""}, "Choisissez le premier jour."),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(desk, diary, values, said):
    answer = desk.post("/agenda/absence/nouvelle", typed(diary, **values))

    assert (answer.status_code, said in answer.content.decode(), "Formation" in answer.content.decode()) == (422, True, True)


def test_choices_are_kept_and_lead_to_the_messages(desk, diary, visits):
    url = drafted(desk, diary)
    samir = colleague(diary)

    answer = desk.post(f"{url}/choix", {
        f"visit-{visits[0].id}": f"move|{samir.id}|{at(9, day=NEXT_MONDAY).isoformat()}", f"visit-{visits[1].id}": "cancel",
    })  # fmt: skip

    assert answer.url == f"{url}/apercu"
    assert [line_of(visit).decision for visit in visits] == ["move", "cancel"]
    page = words(desk.get(answer.url))
    assert "Messages 2" in page and "E-mail à p9@x.example" in page and "est déplacé" in page and "ne peut pas avoir lieu" in page


def test_the_same_for_all(desk, diary, visits):
    url = drafted(desk, diary)

    assert desk.post(f"{url}/choix", {"pour_tous": "keep", "appliquer": "1"}).url == url
    assert [line_of(visit).decision for visit in visits] == ["keep", "keep"]


def test_a_colleague_free_at_the_same_time_is_offered(desk, diary, visits):
    samir = colleague(diary)

    page = desk.get(drafted(desk, diary)).content.decode()

    assert f'<option value="move|{samir.id}">' in page
    assert "Déplacer chez Dr\u00a0Benali, même heure" in page


def test_a_stale_form_is_refused_with_words(desk, diary, visits):
    url = drafted(desk, diary)
    desk.post(f"{url}/choix", {f"visit-{visits[0].id}": "keep", "version": "1"})

    answer = desk.post(f"{url}/choix", {f"visit-{visits[0].id}": "cancel", "version": "1"}, follow=True)

    assert (line_of(visits[0]).decision, "Quelqu’un a changé cette absence" in words(answer)) == ("keep", True)


def test_sending_shows_the_time_left_and_a_way_to_stop(desk, diary, visits):
    page = words(desk.get(sent(desk, diary)))

    assert "L’agenda est fermé." in page and "dans 10 minutes" in page and "Tout arrêter" in page
    assert (MassAbsence.objects.get().state, MassAbsence.objects.get().sent_by) == ("sent", "Basile Vandamme")


def test_visits_that_came_meanwhile_are_shown_before_anything_is_sent(desk, diary, visits):
    url = drafted(desk, diary)
    diary.book(at(11, day=NEXT_MONDAY))

    page = words(desk.post(f"{url}/envoyer", {}, follow=True))

    assert "Des rendez-vous ont été pris entre-temps" in page and "3 rendez-vous concernés." in page
    assert MassAbsence.objects.get().state == "draft"


def test_stopped_in_time(desk, diary, visits):
    url = sent(desk, diary)

    page = words(desk.post(f"{url}/reprendre", follow=True))

    assert "Absence arrêtée à temps" in page
    assert MassAbsence.objects.get().state == "undone"


def test_a_draft_is_thrown_away(desk, diary, visits):
    url = drafted(desk, diary)

    assert desk.post(f"{url}/reprendre").url == "/agenda/"
    assert desk.get(url).status_code == 404


def test_the_report_and_the_calls(desk, diary, visits):
    Patient.objects.filter(first_names="P9").update(email="", phone="+33320000009")
    url = sent(desk, diary)
    carry_out_due(at(9, 41))

    with time_machine.travel(at(9, 45), tick=False):
        page = words(desk.get(url))
    assert "C’est fait, à 09:41." in page and "Il reste 1 patient à appeler." in page and "Ni mobile ni e-mail" in page

    desk.post(f"{url}/appels/{line_of(visits[0]).id}", {"appele": "1", "suite": "viendra mardi"})
    page = desk.get(url)
    assert "Appelé par Basile Vandamme à 09:31" in words(page) and 'value="viendra mardi"' in page.content.decode()
    assert "Tous les patients ont été appelés." in words(page)


def test_a_message_that_failed_is_a_call_to_make(desk, diary, visits):
    url = sent(desk, diary)
    carry_out_due(at(9, 41))
    Message.objects.filter(kind="absence", about=visits[0].id).update(status="failed")

    assert "Le message n’est pas parti" in words(desk.get(url))


def test_undone_afterwards_the_report_says_what_was_put_back(desk, diary, visits):
    url = sent(desk, diary)
    carry_out_due(at(9, 41))
    desk.post(f"{url}/reprendre")
    carry_out_due(at(9, 42))

    assert words(desk.get(url)).count("Remis comme avant") == 2


def test_a_practitioner_announces_the_own_absence_only(practitioner_desk, desk, diary, visits):
    url = drafted(practitioner_desk, diary)
    other = make_practitioner(diary.site, last_name="Ravel")

    assert practitioner_desk.get(url).status_code == 200
    assert practitioner_desk.post("/agenda/absence/nouvelle", typed(diary, who=f"p|{other.id}")).status_code == 422
    assert practitioner_desk.post("/agenda/absence/nouvelle", typed(diary, who=f"s|{diary.site.id}")).status_code == 422
    theirs = drafted(desk, diary, who=f"p|{other.id}")
    assert practitioner_desk.get(theirs).status_code == 404


def test_a_practitioner_moves_nothing_into_another_s_agenda(practitioner_desk, diary, visits):
    samir = colleague(diary)
    url = drafted(practitioner_desk, diary)

    assert f"move|{samir.id}|{at(9, day=NEXT_MONDAY).isoformat()}" not in practitioner_desk.get(url).content.decode()
    assert practitioner_desk.post(f"{url}/choix", {f"visit-{visits[0].id}": f"move|{samir.id}"}).status_code == 404


def test_a_telesecretary_announces_nothing(telesecretary_desk, diary):
    assert telesecretary_desk.get("/agenda/absence/nouvelle").status_code == 404


def test_the_list_of_absences_leads_back_to_each(desk, diary, visits):
    url = sent(desk, diary)

    assert f'href="{url}"' in desk.get("/agenda/absences").content.decode()


def test_the_day_leads_to_the_form(desk, diary):
    page = desk.get("/agenda/jour/2026-03-09").content.decode()

    assert f"/agenda/absence/nouvelle?praticien={diary.alma.id}&amp;jour=2026-03-09" in page
    assert "/agenda/absence/nouvelle?jour=2026-03-09" in page


@pytest.mark.parametrize("page", ["", "/apercu"])
def test_the_pages_ask_as_much_for_thirty_visits_as_for_one(desk, diary, page):
    diary.hours.end_minute = 24 * 60
    diary.hours.save()
    counts = []
    for many in (1, 29):
        for n in range(many):
            minute = 9 * 60 + 30 * (n + len(counts))
            diary.book(at(minute // 60 % 24, minute % 60, NEXT_MONDAY) if minute < 1440 else at(9, day=NEXT_MONDAY) + timedelta(days=7))
        url = drafted(desk, diary)
        desk.get(url + page)  # the cabinet's host name is asked once
        with CaptureQueriesContext(connection) as queries:
            desk.get(url + page)
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "lundi 9\u00a0mars"),
        ({"last_day": "2026-03-14"}, "du lundi 9\u00a0mars au samedi 14\u00a0mars"),
        ({"first_time": "09:30", "last_time": "12:00"}, "lundi 9\u00a0mars de 9\u00a0h\u00a030 à 12\u00a0h"),
        ({"first_time": "14:00", "last_day": "2026-03-10"}, "du lundi 9\u00a0mars à 14\u00a0h au mercredi 11\u00a0mars à 0\u00a0h"),
    ],
)
def test_the_length_is_said_as_people_say_it(desk, diary, values, said):
    assert f"</b>, {said}" in desk.get(drafted(desk, diary, **values)).content.decode()
