"""Sharing a practitioner's occupancy over REST."""

from agenda.models import Practitioner
from tests.partners import Partner


def test_it_is_switched_on_read_and_switched_off(partner: Partner, diary):
    Practitioner.objects.filter(pk=diary.alma.pk).update(rpps="10002673894")
    path = f"practitioners/{diary.alma.id}/shared-time"

    made = partner.post(path, {"practitioner_agrees": True})

    assert (made.status_code, made.json(), partner.get(path).json()) == (201, {"shared": True, "overlaps": 0}, {"shared": True})
    assert (partner.delete(path).status_code, partner.get(path).json()) == (204, {"shared": False})


def test_it_needs_the_practitioners_word_and_number(partner: Partner, diary):
    path = f"practitioners/{diary.alma.id}/shared-time"

    refused = [partner.post(path, {"practitioner_agrees": agrees}) for agrees in (False, True)]

    assert [(one.status_code, one.json()["code"]) for one in refused] == [(422, "consent-missing"), (422, "rpps-not-valid")]


def test_an_unknown_practitioner_is_404(partner: Partner, diary):
    assert partner.get("practitioners/00000000-0000-4000-8000-000000000000/shared-time").status_code == 404
