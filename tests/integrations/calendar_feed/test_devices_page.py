"""« Mon agenda dans mon téléphone »: made, copied once, cut."""

import html
import re

from integrations.models import CalendarFeed
from tests.agenda.conftest import diary
from tests.agenda.desk.conftest import _monday_morning, desk, practitioner_desk, sign_in

__all__ = ["_monday_morning", "desk", "diary", "practitioner_desk", "sign_in"]

PAGE = "/agenda/appareils"


def test_an_address_is_shown_once(practitioner_desk):
    made = practitioner_desk.post(PAGE, {"device": "Mon téléphone", "level": "busy"})

    shown = made.content.decode()
    address = html.unescape(re.search(r'id="address" value="([^"]+)"', shown).group(1))
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    assert f'href="webcal{address.removeprefix("http")}"' in shown
    assert practitioner_desk.get(address).status_code == 200
    again = practitioner_desk.get(PAGE).content.decode()
    assert ("Mon téléphone" in again, address in again) == (True, False)


def test_a_device_without_a_name_stays_on_the_page(practitioner_desk):
    answer = practitioner_desk.post(PAGE, {"device": "", "level": "initials"})

    assert answer.status_code == 422
    assert "Donnez un nom à cet appareil." in answer.content.decode()


def test_the_same_device_twice_is_said_beside_its_field(practitioner_desk):
    practitioner_desk.post(PAGE, {"device": "Montre", "level": "busy"})

    answer = practitioner_desk.post(PAGE, {"device": "Montre", "level": "busy"})

    assert answer.status_code == 422
    assert "a déjà son adresse" in answer.content.decode()


def test_a_device_is_cut(practitioner_desk):
    practitioner_desk.post(PAGE, {"device": "Montre", "level": "busy"})

    answer = practitioner_desk.post(f"{PAGE}/{CalendarFeed.objects.get().id}/couper", follow=True)

    assert "ne reçoit plus votre agenda" in html.unescape(answer.content.decode())
    assert CalendarFeed.objects.get().revoked_at is not None


def test_only_a_practitioner_has_the_page(desk):
    assert desk.get(PAGE).status_code == 404


def test_the_device_of_another_is_not_cut(practitioner_desk, desk):
    practitioner_desk.post(PAGE, {"device": "Montre", "level": "busy"})

    assert desk.post(f"{PAGE}/{CalendarFeed.objects.get().id}/couper").status_code == 404
    assert CalendarFeed.objects.get().revoked_at is None
