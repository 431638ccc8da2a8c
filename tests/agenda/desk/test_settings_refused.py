"""What the settings refuse: impossible values, lost updates, deletions of what is needed, strangers."""

import pytest

from agenda.models import BookingPolicy
from tests.agenda.desk.settings import MODELS, ONLY_CHANGED, created, listing
from tests.agenda.missed import switch_on

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


def test_secretary_has_no_settings(desk, diary):
    policy = switch_on()
    pages = ["", "lieux", "lieux/nouveau", f"lieux/{diary.site.id}", f"lieux/{diary.site.id}/supprimer", f"rendez-vous-manques/{policy.pk}"]

    assert {desk.get(f"/reglages/{page}").status_code for page in pages} == {404}
    assert desk.post("/reglages/lieux/nouveau", {"name": "x"}).status_code == 404


def test_only_an_owner_sees_the_way_there(desk, owner, diary):
    assert 'href="/reglages/"' in owner.get("/reglages/").content.decode()
    assert 'href="/reglages/"' not in desk.get("/agenda/a-traiter").content.decode()
