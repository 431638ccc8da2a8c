"""The day on the desk's page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agenda.models import Practitioner
from agenda.scheduling import cancel_appointment, change_status, hold_slot, import_visit
from patients.registration import update_patient
from tests.agenda.desk.pages import DAY, classes_of, items
from tests.agenda.diary import (
    NOW,
    PATIENT,
    PLATFORM,
    STAFF,
    at,
    make_absence,
    make_hours,
    make_patient,
    make_practitioner,
    make_reason,
    make_substitution,
)


def page(client, address=DAY):
    return client.get(address).content.decode()


def clash(diary):
    first = diary.book(at(10))
    second = import_visit(
        practitioner_id=diary.alma.id, start=at(10), end=at(10, 30), actor=PLATFORM, source="doctolib", origin="c", now=at(8),
        patient_id=make_patient(birth_name="Colin").id,
    )  # fmt: skip
    return first, second


def test_visit_is_placed_by_classes(desk, diary):
    visit = diary.book(at(10, 30))

    assert {"visit", "source-website", "status-confirmed", "s-18", "d-6", "tall-2"} <= classes_of(page(desk), visit)


def test_visit_off_the_rows_is_floored(desk, diary):
    visit = diary.book(at(10, 33), actor=STAFF, source="phone", insist="oui")

    assert {"s-18", "d-7"} <= classes_of(page(desk), visit)


def test_visit_says_time_name_and_reason(desk, diary):
    diary.book(at(10))

    assert items(page(desk), "visit") == ["M 10:00 HADDAD Nour Consultation"]


def test_small_child_is_shown_with_age(desk, diary):
    diary.book(at(10), patient_id=make_patient(birth_name="Ngoma", first_names="Léo", birth_date=at(0).date() - timedelta(days=250)).id)

    assert items(page(desk), "visit") == ["M 10:00 NGOMA Léo (8 mois) Consultation"]


def test_free_times_from_now_on_have_a_link(desk, diary):
    diary.book(at(10))

    assert items(page(desk), "free") == ["10:30 libre", "11:00 libre", "11:30 libre"]


def test_closed_hours_say_why(desk, diary):
    make_hours(diary.alma, diary.site, 14, 16)
    make_absence(at(14), at(15), practitioner=diary.alma, label="formation")

    assert items(page(desk), "closed") == ["Pause", "Absent : formation, 14 h – 15 h", "Fermé"]


def test_hours_of_the_cabinet_alone_are_marked(desk, diary):
    make_hours(diary.alma, diary.site, 16, 17, audience="staff")

    assert items(page(desk), "free kept") == ["16:00 réservé au cabinet", "16:30 réservé au cabinet"]


def test_held_time_is_shown_and_not_free(desk, diary):
    hold_slot(visit_reason_id=diary.reason.id, practitioner_id=diary.alma.id, start=at(11), actor=PATIENT, source="website", now=at(9, 30))

    html = page(desk)

    assert items(html, "closed reserved held") == ["11:00 en cours de réservation (MediDesk.fr), gardé jusqu’à 09:45"]
    assert "11:00 libre" not in html


def test_conflict_is_side_by_side_with_a_task(desk, diary):
    first, second = clash(diary)

    html = page(desk)

    assert {"conflict", "lane-1of2"} <= classes_of(html, first)
    assert {"conflict", "lane-2of2"} <= classes_of(html, second)
    assert "Double réservation à 10:00" in html


def test_request_is_dashed_with_a_task(desk, diary):
    reason = make_reason(diary.alma, name="Enfant", needs_validation=True)
    visit = diary.book(at(10), visit_reason_id=reason.id)

    html = page(desk)

    assert "status-requested" in classes_of(html, visit)
    assert "À valider\u00a0: HADDAD Nour" in html


def test_cancelled_visit_is_hidden_until_asked(desk, diary):
    visit = diary.book(at(10))
    cancel_appointment(appointment_id=visit.id, by="patient", reason="", actor=PATIENT, now=NOW)

    assert classes_of(page(desk), visit) == set()
    assert "status-cancelled" in classes_of(page(desk, f"{DAY}?annules=1"), visit)


def test_waiting_room_shows_the_longest_wait_first_in_red(desk, diary):
    for hour, minutes, name in ((10, 5, "Boyer"), (11, 25, "Schmitt")):
        visit = diary.book(at(hour), patient_id=make_patient(birth_name=name).id)
        change_status(appointment_id=visit.id, status="arrived", actor=STAFF, now=at(9, 31) - timedelta(minutes=minutes))

    html = page(desk)

    assert html.index("SCHMITT Nour</a>") < html.index("BOYER Nour</a>")
    assert '<span class="late">25 min</span>' in html


def test_column_says_how_late_it_runs(desk, diary):
    visit = diary.book(at(9), now=NOW)
    change_status(appointment_id=visit.id, status="arrived", actor=STAFF, now=at(9))

    assert "+30 min" in page(desk)


def test_substitute_takes_the_column_of_the_absent(desk, diary):
    other = make_practitioner(diary.site, first_name="Paul", last_name="Le Goff")
    make_substitution(diary.alma, other)
    make_hours(other, diary.site)
    make_absence(at(0), at(23), practitioner=diary.alma, label="congés")

    html = page(desk)

    assert "Pour le Dr Delcourt" in html
    assert html.count('<section class="column') == 1
    assert "Absence\u00a0: Dr Alma Delcourt (congés), 0\u00a0h – 23\u00a0h, remplacement par Dr Paul Le Goff." in html


def test_sources_are_counted(desk, diary):
    diary.book(at(10))
    diary.book(at(11), actor=STAFF, source="phone", patient_id=make_patient(birth_name="Petit").id)

    html = page(desk)

    assert html.count('<span class="filter-count">1</span>') == 2


def test_page_of_an_empty_cabinet(desk, cabinet):
    Practitioner.objects.all().delete()

    assert "Aucun praticien dans cet agenda." in page(desk)


def test_page_carries_no_inline_style_or_script(desk, diary):
    diary.book(at(10))

    html = page(desk)

    assert " style=" not in html
    assert "<script>" not in html


def test_unchanged_page_is_not_sent_again(desk, diary):
    diary.book(at(10))
    etag = desk.get(DAY)["ETag"]

    assert desk.get(DAY, headers={"if-none-match": etag}).status_code == 304
    assert desk.get(DAY, headers={"if-none-match": f"W/{etag}"}).status_code == 304


@pytest.mark.parametrize("act", ["status", "rename", "hold", "absence"])
def test_whatever_changes_changes_the_mark(desk, diary, act):
    visit = diary.book(at(10))
    etag = desk.get(DAY)["ETag"]

    if act == "status":
        change_status(appointment_id=visit.id, status="arrived", actor=STAFF, now=at(9, 31))
    elif act == "rename":
        update_patient(diary.nour, {"used_name": "Martin"}, by="Basile", now=at(9, 32))
    elif act == "hold":
        hold_slot(visit_reason_id=diary.reason.id, start=at(11), actor=PATIENT, source="website", now=at(9, 31))
    else:
        make_absence(at(11), at(12), practitioner=diary.alma)

    assert desk.get(DAY, headers={"if-none-match": etag}).status_code == 200


def test_parts_hold_the_asked_column_only(desk, diary):
    make_hours(make_practitioner(diary.site, last_name="Autre"), diary.site)

    html = desk.get(f"{DAY}?colonne={diary.alma.id}-20260302", headers={"x-part": "grid"}).content.decode()

    assert html.count('<section class="column') == 1
    assert 'id="side"' in html
    assert "<html" not in html


def test_poll_is_empty_while_nothing_changes(desk, diary):
    mark = desk.get(DAY)["ETag"].strip('"')
    address = f"/agenda/changements?du=2026-03-02&au=2026-03-02&marque={mark}"
    assert desk.get(address).status_code == 204

    diary.book(at(10))

    assert desk.get(address).status_code == 200


@pytest.mark.parametrize("address", [DAY, "/agenda/semaine?date=2026-03-02", f"{DAY}/feuille", "/agenda/attente", "/agenda/a-traiter"])
def test_queries_do_not_grow_with_visits(desk, diary, address):
    reason = make_reason(diary.alma, duration_minutes=5, needs_validation=True)

    def fill(first, last):
        for n in range(first, last):
            patient = make_patient(birth_name=f"P{n}")
            visit = diary.book(at(9) + timedelta(minutes=5 * n), visit_reason_id=reason.id, patient_id=patient.id)
            if n % 2:
                change_status(appointment_id=visit.id, status="confirmed", actor=STAFF, now=NOW)
                change_status(appointment_id=visit.id, status="arrived", actor=STAFF, now=NOW)

    fill(0, 2)
    desk.get(address)
    with CaptureQueriesContext(connection) as few:
        desk.get(address)
    fill(2, 32)
    with CaptureQueriesContext(connection) as many:
        desk.get(address)

    assert 0 < len(few) == len(many) <= 18
