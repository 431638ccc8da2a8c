"""The owner's settings: every kind created, changed, deleted and refused through the pages."""

from datetime import date, timedelta

import pytest

from agenda import setup
from agenda.models import Absence, BookingPolicy, OpeningHours, Practitioner, Quota, Resource, Site, VisitReason
from agenda.setup_pages.sections import BY_SLUG, SECTIONS
from tests.agenda.diary import MONDAY, NOW, at, make_absence, make_hours, make_practitioner, make_reason, make_room, make_site
from tests.agenda.missed import switch_on

MODELS = {
    "lieux": Site, "praticiens": Practitioner, "salles": Resource, "motifs": VisitReason, "horaires": OpeningHours, "absences": Absence,
    "quotas": Quota,
}  # fmt: skip
ONLY_CHANGED = {"rendez-vous-manques"}


@pytest.fixture
def owner(sign_in, alma):
    """Alma's browser: she owns the cabinet."""
    return sign_in(alma)


@pytest.fixture
def filled(diary):
    """What creates one of each, as a browser sends it; a box that is not ticked is not sent."""
    alma, site, reason = str(diary.alma.id), str(diary.site.id), str(diary.reason.id)
    return {
        "lieux": {"name": "Annexe", "address_line": "1 rue Haute", "postal_code": "59200", "city": "Tourcoing", "phone": "03 20 00 00 02"},
        "praticiens": {
            "title": "Dr", "first_name": "Inès", "last_name": "Blin", "specialty": "SM26", "rpps": "10002673899", "color": "#a1b2c3",
            "sites": [site], "bookable_online": "on",
        },
        "salles": {"name": "Échographe", "kind": "device", "site": site},
        "motifs": {
            "name": "Suivi", "internal_name": "S", "color": "#0b5d4a", "duration_minutes": "20", "buffer_before_minutes": "5",
            "buffer_after_minutes": "", "grid_minutes": "15", "avoid_holes": "on", "bookable_by": "known", "needs_validation": "on",
            "min_notice_minutes": "60", "horizon_days": "90", "max_per_day": "4", "min_days_between": "7",
            f"offers_{alma}": "on", f"minutes_{alma}": "25", "resource_kinds_room": "2", "resource_kinds_device": "1",
        },
        "horaires": {
            "practitioner": alma, "site": site, "weekday": "2", "start": "8h30", "end": "24:00", "every_n_weeks": "2",
            "valid_from": "2026-03-02", "valid_until": "2026-12-31", "visit_reasons": [reason], "audience": "known",
            "channels": ["website", "partner"], "release_days_before": "1", "release_at": "8:00",
        },
        "absences": {
            "practitioner": f"practitioner:{alma}", "start": "2026-03-02", "start_time": "", "end": "2026-03-04", "end_time": "12:00",
            "label": "Congés", "repeat": "FREQ=WEEKLY;INTERVAL=2", "until": "2026-06-30",
        },
        "quotas": {
            "practitioner": alma, "site": "", "weekday": "", "start": "8:00", "end": "12:00", "channels": ["website", "platform"],
            "most_visits": "2", "release_days_before": "1", "release_at": "8:00",
        },
        "rendez-vous-manques": {
            "is_on": "on", "window_days": "180", "steps_0_missed": "2", "steps_0_act": "close", "steps_0_days": "15",
            **{f"steps_{n}_act": "validate" for n in range(1, 6)},
        },
    }  # fmt: skip


def listing(slug):
    return f"/reglages/{slug}"


def newest(slug):
    return MODELS[slug]._default_manager.filter(deleted_at=None).order_by("created_at").last()


def created(owner, slug, values):
    before = set(MODELS[slug]._default_manager.values_list("pk", flat=True))
    answer = owner.post(f"/reglages/{slug}/nouveau", values)
    assert answer.status_code == 302, answer.context["form"].errors
    return MODELS[slug]._default_manager.exclude(pk__in=before).get()


def values_of(slug, row):
    return BY_SLUG[slug].kind.values_of(row)


def shown_in(html, name):
    """What the form sends back unchanged, by field."""
    return html.context["form"][name].value()


def test_every_value_of_every_kind_has_a_field():
    for section in SECTIONS:
        asked = [name for entry in section.entries for name in entry.names]
        assert sorted(asked) == sorted(section.kind.defaults), section.slug


def test_every_kind_of_the_setup_has_a_page():
    models = {one.model for one in vars(setup).values() if isinstance(one, setup.Kind)}

    assert {section.kind.model for section in SECTIONS} == models


@pytest.mark.parametrize("slug", MODELS)
def test_created_shown_changed_and_deleted(owner, filled, slug):
    row = created(owner, slug, filled[slug])
    assert owner.get(listing(slug)).status_code == 200
    page = owner.get(f"{listing(slug)}/{row.pk}")
    again = owner.post(f"{listing(slug)}/{row.pk}", filled[slug] | {"version": "1"})
    same = MODELS[slug]._default_manager.get(pk=row.pk)
    gone = owner.post(f"{listing(slug)}/{row.pk}/supprimer", {"version": "1"})

    assert (page.status_code, again.status_code, same.version, gone.status_code) == (200, 302, 1, 302)
    assert MODELS[slug]._default_manager.get(pk=row.pk).deleted_at is not None


@pytest.mark.parametrize("slug", MODELS)
def test_the_form_shows_what_is_stored(owner, filled, slug):
    row = created(owner, slug, filled[slug])
    form = owner.get(f"{listing(slug)}/{row.pk}").context["form"]
    sent = {name: form[name].value() for name in form.fields}
    stored = values_of(slug, row)

    answer = owner.post(f"{listing(slug)}/{row.pk}", _as_sent(form, sent))

    assert answer.status_code == 302, answer.context["form"].errors
    row = MODELS[slug]._default_manager.get(pk=row.pk)
    assert (values_of(slug, row), row.version) == (stored, 1)


def _as_sent(form, values):
    """As a browser sends a form that nobody touched."""
    sent = {}
    for name, value in values.items():
        shown = form.fields[name].widget.format_value(value) if not isinstance(value, bool) else value
        if shown is True:
            sent[name] = "on"
        elif shown not in (None, False, ""):
            sent[name] = shown
    return sent


def test_a_site_says_its_telephone_in_one_spelling(owner, filled):
    assert created(owner, "lieux", filled["lieux"]).phone == "+33320000002"


def test_a_reason_with_all_its_fields(owner, filled, diary):
    row = created(owner, "motifs", filled["motifs"])

    assert values_of("motifs", row) == {
        "name": "Suivi", "internal_name": "S", "duration_minutes": 20, "buffer_before_minutes": 5, "buffer_after_minutes": 0,
        "grid_minutes": 15, "min_notice_minutes": 60, "horizon_days": 90, "bookable_by": "known", "needs_validation": True,
        "max_per_day": 4, "min_days_between": 7, "one_upcoming": False, "avoid_holes": True,
        "practitioners": [{"id": diary.alma.id, "duration_minutes": 25}], "resource_kinds": ["room", "room", "device"],
        "color": "#0b5d4a",
    }  # fmt: skip


def test_hours_with_all_their_fields(owner, filled, diary):
    row = created(owner, "horaires", filled["horaires"])

    assert values_of("horaires", row) == {
        "practitioner": diary.alma.id, "site": diary.site.id, "weekday": 2, "date": None, "start": 510, "end": 1440,
        "valid_from": MONDAY, "valid_until": date(2026, 12, 31), "every_n_weeks": 2, "visit_reasons": [diary.reason.id],
        "audience": "known", "channels": ["partner", "website"], "release": {"days_before": 1, "at": 480},
    }  # fmt: skip


def test_hours_of_one_date(owner, filled):
    row = created(owner, "horaires", filled["horaires"] | {"weekday": "date", "date": "2026-03-07", "every_n_weeks": ""})

    assert (row.weekday, row.date, row.every_n_weeks) == (None, date(2026, 3, 7), 1)


def test_an_absence_of_whole_days_until_its_noon(owner, filled, diary):
    row = created(owner, "absences", filled["absences"])

    assert (row.start, row.end) == (at(0), at(12, day=date(2026, 3, 4)))
    assert (row.practitioner_id, row.rrule) == (diary.alma.id, "FREQ=WEEKLY;INTERVAL=2;UNTIL=20260630T235959")


def test_a_closure_of_a_site_to_the_end_of_its_last_day(owner, filled, diary):
    row = created(owner, "absences", filled["absences"] | {"practitioner": f"site:{diary.site.id}", "end_time": "", "repeat": ""})

    assert (row.site_id, row.practitioner_id, row.end, row.rrule) == (diary.site.id, None, at(0, day=date(2026, 3, 5)), "")


def test_a_rare_repeat_is_kept_as_it_is_written(owner, filled):
    values = filled["absences"] | {"repeat": "other", "rrule": "FREQ=WEEKLY;BYDAY=MO,WE"}
    row = created(owner, "absences", values)
    form = owner.get(f"/reglages/absences/{row.pk}").context["form"]

    assert (row.rrule, form["repeat"].value(), form["rrule"].value()) == ("FREQ=WEEKLY;BYDAY=MO,WE", "other", "FREQ=WEEKLY;BYDAY=MO,WE")


def test_the_rule_of_missed_visits(owner, filled):
    policy = BookingPolicy.objects.get()
    opened = owner.get("/reglages/rendez-vous-manques", follow=True)
    answer = owner.post(f"/reglages/rendez-vous-manques/{policy.pk}", filled["rendez-vous-manques"] | {"version": "1"}, follow=True)

    policy.refresh_from_db()
    assert opened.context["form"]["steps_1_days"].value() == 90
    assert (policy.is_on, policy.window_days, policy.steps) == (True, 180, [{"missed": 2, "act": "close", "days": 15}])
    assert "La règle vaut dès maintenant" in answer.content.decode()


def test_there_is_one_rule_of_missed_visits(owner):
    policy = BookingPolicy.objects.get()

    assert owner.get("/reglages/rendez-vous-manques/nouveau").status_code == 404
    assert owner.post(f"/reglages/rendez-vous-manques/{policy.pk}/supprimer", {"version": "1"}).status_code == 404


def test_after_saving_the_page_says_what_it_means(owner, filled):
    answer = owner.post("/reglages/horaires/nouveau", filled["horaires"], follow=True)

    assert "Les nouveaux horaires valent dès maintenant pour la réservation." in answer.content.decode()


def test_new_hours_are_offered_at_once(owner, filled, diary):
    assert diary.slots(day=date(2026, 3, 4)) == []
    owner.post("/reglages/horaires/nouveau", filled["horaires"] | {"end": "9:30", "audience": "everyone", "release_days_before": ""})

    assert diary.slots(day=date(2026, 3, 4)) == ["08:30", "09:00"]


BAD = [
    ("lieux", {"name": ""}, "name", "Ce champ est obligatoire."),
    ("lieux", {"phone": "12"}, "phone", "Ce numéro de téléphone n’est pas valable."),
    ("lieux", {"name": "x" * 101}, "name", "Écrivez 100 caractères au plus."),
    ("lieux", {"name": "a\0b"}, "name", "Ce texte contient un caractère interdit."),
    ("praticiens", {"last_name": " "}, "last_name", "Ce champ est obligatoire."),
    ("praticiens", {"rpps": "12"}, "rpps", "Un numéro RPPS a 11 chiffres."),
    ("praticiens", {"color": "bleu"}, "color", "Une couleur s’écrit #rrggbb."),
    ("praticiens", {"specialty": "XX"}, "specialty", "Choisissez dans la liste."),
    ("praticiens", {"sites": ["00000000-0000-0000-0000-000000000000"]}, "sites", "Choisissez dans la liste."),
    ("salles", {"site": ""}, "site", "Choisissez dans la liste."),
    ("salles", {"kind": "car"}, "kind", "Choisissez dans la liste."),
    ("motifs", {"duration_minutes": "4"}, "duration_minutes", "Entre 5 et 720."),
    ("motifs", {"duration_minutes": "vingt"}, "duration_minutes", "Saisissez un nombre entier."),
    ("motifs", {"horizon_days": "731"}, "horizon_days", "Entre 0 et 730."),
    ("horaires", {"start": "12h", "end": "9h"}, "end", "La fin doit suivre le début, dans le même jour."),
    ("horaires", {"start": "25:00"}, "start", "Saisissez une heure, par exemple 8:30."),
    ("horaires", {"start": ""}, "start", "Saisissez une heure, par exemple 8:30."),
    ("horaires", {"weekday": "date", "date": ""}, "weekday", "Donnez un jour de la semaine ou une date, l’un des deux."),
    ("horaires", {"valid_from": ""}, "valid_from", "Un rythme de plusieurs semaines a besoin de sa première semaine."),
    ("horaires", {"valid_until": "2026-02-30"}, "valid_until", "Saisissez une date, par exemple 24/11/2026."),
    ("horaires", {"release_days_before": "366"}, "release_days_before", "Entre 0 et 365."),
    ("absences", {"end": "2026-03-01"}, "end", "La fin doit suivre le début."),
    ("absences", {"practitioner": "practitioner:x"}, "practitioner", "Choisissez dans la liste."),
    ("absences", {"end": "9999-12-31", "end_time": ""}, "start", "Cette date est hors du calendrier."),
    ("absences", {"repeat": "other", "rrule": "FREQ=SECONDLY"}, "rrule", "Cette récurrence n’est pas comprise."),
    ("quotas", {"channels": []}, "channels", "Quels canaux sont limités ?"),
    ("quotas", {"most_visits": ""}, "most_visits", "Ce champ est obligatoire."),
]


@pytest.mark.parametrize(("slug", "wrong", "field", "sentence"), BAD)
def test_what_is_impossible_is_said_beside_its_field_and_typed_words_stay(owner, filled, slug, wrong, field, sentence):
    count = MODELS[slug]._default_manager.count()
    answer = owner.post(f"/reglages/{slug}/nouveau", filled[slug] | wrong)
    html = answer.content.decode()

    assert answer.status_code == 422
    assert [str(error) for error in answer.context["form"].errors[field]] == [sentence]
    assert f'href="#id_{field}"' in html
    assert MODELS[slug]._default_manager.count() == count
    typed = next(value for name, value in filled[slug].items() if name not in wrong and isinstance(value, str) and value)
    assert typed in html


def test_steps_that_do_not_rise_point_at_the_step(owner, filled):
    policy = BookingPolicy.objects.get()
    wrong = {"version": "1", "steps_1_missed": "2", "steps_1_days": "30", "steps_1_act": "close"}
    answer = owner.post(f"/reglages/rendez-vous-manques/{policy.pk}", filled["rendez-vous-manques"] | wrong)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["steps_1_missed"]


@pytest.mark.parametrize("slug", MODELS)
def test_a_lost_update_is_refused_and_what_was_typed_stays(owner, filled, slug):
    row = created(owner, slug, filled[slug])
    MODELS[slug]._default_manager.filter(pk=row.pk).update(version=2)
    answer = owner.post(f"{listing(slug)}/{row.pk}", filled[slug] | {"version": "1"})

    assert answer.status_code == 412
    assert "Quelqu’un d’autre a changé cet élément" in answer.content.decode()
    assert owner.post(f"{listing(slug)}/{row.pk}/supprimer", {"version": "1"}).status_code == 412
    assert owner.post(f"{listing(slug)}/{row.pk}", filled[slug]).status_code == 412


def test_what_is_still_needed_is_not_deleted_and_the_page_says_why(owner, diary):
    page = owner.get(f"/reglages/lieux/{diary.site.id}/supprimer")
    answer = owner.post(f"/reglages/lieux/{diary.site.id}/supprimer", {"version": "1"})

    assert "Supprimer «" in page.content.decode()
    assert answer.status_code == 409
    assert "ont besoin de ce lieu" in answer.content.decode()


@pytest.mark.parametrize("slug", [*MODELS, *ONLY_CHANGED])
def test_a_row_that_does_not_exist(owner, slug):
    nowhere = f"/reglages/{slug}/00000000-0000-0000-0000-000000000000"

    assert [owner.get(nowhere).status_code, owner.post(f"{nowhere}/supprimer").status_code] == [404, 404]


def test_a_page_that_does_not_exist(owner):
    assert owner.get("/reglages/nulle-part").status_code == 404


def test_the_week_of_a_practitioner_is_read_at_a_glance(owner, diary):
    make_hours(diary.alma, diary.site, 14, 18, weekday=3, audience="known")
    make_hours(diary.alma, diary.site, date=date(2026, 3, 7))
    html = owner.get("/reglages/horaires").content.decode()

    assert "09:00 – 12:00" in html
    assert "14:00 – 18:00</b><span>Patients connus</span>" in html
    assert "07/03/2026 09:00 – 12:00" in html
    assert f"?practitioner={diary.alma.id}&amp;weekday=3" in html


def test_adding_from_a_day_begins_with_that_day(owner, diary):
    form = owner.get(f"/reglages/horaires/nouveau?practitioner={diary.alma.id}&weekday=3&nothing=1").context["form"]

    assert (form["practitioner"].value(), form["weekday"].value()) == (str(diary.alma.id), "3")


def fill_up(diary, count):
    for n in range(count):
        site = make_site(name=f"Lieu {n}")
        practitioner = make_practitioner(site, last_name=f"Nom {n}")
        make_reason(practitioner, name=f"Motif {n}")
        make_room(site, name=f"Salle {n}")
        make_hours(practitioner, site, visit_reasons=[diary.reason])
        make_absence(NOW, NOW + timedelta(days=1), practitioner=practitioner)
        values = {"practitioner": practitioner.id, "start": 480, "end": 720, "channels": ["website"], "most_visits": 1}
        setup.create(setup.QUOTAS, values | {"visit_reasons": [diary.reason.id]}, now=NOW)


@pytest.mark.parametrize("slug", MODELS)
def test_a_list_asks_as_much_for_one_row_as_for_thirty(owner, diary, slug, count_queries):
    fill_up(diary, 1)
    owner.get(listing(slug))
    few = count_queries(lambda: owner.get(listing(slug)))
    fill_up(diary, 29)

    assert count_queries(lambda: owner.get(listing(slug))) == few <= 12


def test_secretary_has_no_settings(desk, diary):
    policy = switch_on()
    pages = ["", "lieux", "lieux/nouveau", f"lieux/{diary.site.id}", f"lieux/{diary.site.id}/supprimer", f"rendez-vous-manques/{policy.pk}"]

    assert {desk.get(f"/reglages/{page}").status_code for page in pages} == {404}
    assert desk.post("/reglages/lieux/nouveau", {"name": "x"}).status_code == 404


def test_only_an_owner_sees_the_way_there(desk, owner, diary):
    assert 'href="/reglages/"' in owner.get("/reglages/").content.decode()
    assert 'href="/reglages/"' not in desk.get("/agenda/a-traiter").content.decode()
