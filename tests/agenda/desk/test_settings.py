"""The owner's settings: every kind created, changed, deleted and refused through the pages."""

from datetime import date, timedelta

import pytest

from agenda import setup
from agenda.models import BookingPolicy
from agenda.setup_pages.sections import BY_SLUG, SECTIONS
from tests.agenda.desk.settings import MODELS, created, listing
from tests.agenda.diary import MONDAY, NOW, at, make_absence, make_hours, make_practitioner, make_reason, make_room, make_site


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
