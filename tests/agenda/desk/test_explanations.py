"""« Pourquoi pas cette heure ? » at the desk."""

import re

import pytest

from agenda import setup
from agenda.desk.explanations import askers, explain_minute
from tests.agenda.desk.pages import DAY
from tests.agenda.diary import NOW, STAFF, at, make_absence, make_hours, make_practitioner, make_reason

WHY = "/agenda/pourquoi"


def answers(html: str) -> list[str]:
    """The visible words of each answer."""
    found = re.findall(r'<li class="why-answer">.*?</li>(?=<li class="why-answer"|</ul>)', html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<details.*?</details>", "", one, flags=re.DOTALL)).split()) for one in found]


def ask(browser, diary, start: str = "2026-03-02T10:00", **more) -> str:
    response = browser.get(WHY, {"praticien": diary.alma.id, "debut": start, **more})
    assert response.status_code == 200
    return response.content.decode()


def test_each_reason_answers_to_new_and_known_patients_and_to_the_cabinet(desk, diary):
    diary.reason.bookable_by = "known"
    diary.reason.save()

    assert answers(ask(desk, diary)) == [
        "Un nouveau patient, en ligne Refusé Réservé aux patients déjà suivis par le cabinet.",
        "Un patient connu, en ligne Possible",
        "Le cabinet Possible",
    ]


def test_what_the_staff_must_insist_on_is_said(desk, diary):
    make_absence(at(10), at(11), practitioner=diary.alma)

    assert answers(ask(desk, diary))[-1] == "Le cabinet En insistant Le praticien est absent."


def test_all_that_refuses_is_one_click_away_without_scripts(desk, diary):
    html = ask(desk, diary, "2026-03-02T15:10", canal="website")
    make_absence(at(15), at(16), practitioner=diary.alma)

    assert "<details" not in html
    details = re.findall(r"<details.*?</details>", ask(desk, diary, "2026-03-02T15:10"), re.DOTALL)
    assert len(details) == 3
    assert all("Le praticien est absent." in one and "En dehors des horaires" in one for one in details)


def test_one_reason_alone_and_one_patient(desk, diary):
    make_reason(diary.alma, name="Vaccin")

    shown = answers(ask(desk, diary, motif=diary.reason.id, patient=diary.nour.id))
    assert shown == ["HADDAD Nour, en ligne Possible", "Le cabinet Possible"]


@pytest.mark.parametrize(("channel", "word"), [("website", "Possible"), ("phone", "Refusé")])
def test_the_channel_is_chosen(desk, diary, channel, word):
    diary.hours.channels = ["website"]
    diary.hours.save()

    assert word in answers(ask(desk, diary, canal=channel))[0]


def test_a_closed_piece_of_the_day_leads_there(desk, diary):
    make_hours(diary.alma, diary.site, 14, 16)

    html = desk.get(DAY).content.decode()

    assert f'href="{WHY}?praticien={diary.alma.id}&amp;debut=2026-03-02T12:00" data-dialog="why">Pause</a>' in html


def test_the_booking_dialog_leads_there(desk, diary):
    html = desk.get(f"/agenda/rendez-vous/nouveau?praticien={diary.alma.id}&debut=2026-03-02T12:00").content.decode()

    assert f"{WHY}?praticien={diary.alma.id}&amp;debut=2026-03-02T12:00&amp;motif={diary.reason.id}" in html


def test_a_script_gets_the_part_alone(desk, diary):
    html = desk.get(WHY, {"praticien": diary.alma.id}, headers={"X-Part": "dialog"}).content.decode()

    assert "<html" not in html
    assert 'id="dialog-title"' in html


@pytest.mark.parametrize("query", ["praticien=x", "debut=9999-12-31T23:59", "patient=x", "patient=00000000-0000-4000-8000-000000000000"])
def test_what_is_not_there_is_404(desk, diary, query):
    assert desk.get(f"{WHY}?{query}").status_code == 404


def test_a_practitioner_sees_the_own_agenda_alone(practitioner_desk, diary):
    ben = make_practitioner(diary.site, first_name="Ben")

    assert practitioner_desk.get(WHY, {"praticien": ben.id}).status_code == 404
    assert practitioner_desk.get(WHY, {"praticien": diary.alma.id}).status_code == 200


def test_the_queries_do_not_grow_with_the_reasons(diary, django_assert_num_queries):
    quota = {"practitioner": diary.alma.id, "start": 0, "end": 1440, "channels": ["website"], "most_visits": 0}
    setup.create(setup.QUOTAS, quota, now=NOW)
    diary.book(at(9), actor=STAFF, source="phone")
    reasons = [diary.reason, *(make_reason(diary.alma, name=f"R{n}") for n in range(9))]
    asking = askers(NOW)
    explain_minute(diary.alma, reasons, at(10), NOW, asking)

    for those in (reasons[:1], reasons):
        with django_assert_num_queries(3):
            explained = explain_minute(diary.alma, those, at(10), NOW, asking)
    assert {answer.first.code for one in explained for answer in one.answers[:2]} == {"channel-closed"}
    assert explained[0].answers[2].verdict == "free"
