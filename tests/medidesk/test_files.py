"""Guard 10: files under the cabinet's uuid, with names that tell nothing, served to whom they were promised."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from medidesk import clock
from medidesk.accounts.models import User
from medidesk.cabinets.entering import enter_public
from medidesk.cabinets.file_views import address_of
from medidesk.cabinets.models import Cabinet
from medidesk.db.backend.base import NoSchemaEntered


@pytest.fixture
def stored(cabinet: Cabinet) -> str:
    """A file of Tourcoing."""
    return default_storage.save("documents/Nour Haddad, ordonnance.pdf", ContentFile(b"%PDF-1.7"))


def test_a_file_lies_under_its_cabinets_uuid_with_an_opaque_name(cabinet: Cabinet, stored: str) -> None:
    assert re.fullmatch(r"documents/[0-9a-f]{32}", stored)
    assert f"/{cabinet.uuid}/documents/" in default_storage.path(stored)


def test_another_cabinet_does_not_see_the_file(stored: str, other_cabinet: Cabinet) -> None:
    with other_cabinet:
        assert not default_storage.exists(stored)


def test_a_file_outside_any_cabinet_is_refused(db: None) -> None:
    with enter_public(), pytest.raises(NoSchemaEntered):
        default_storage.save("documents/x", ContentFile(b""))


@pytest.mark.parametrize("name", ["../autre/x", "/etc/x", "documents/../../x"])
def test_a_file_cannot_leave_its_cabinets_folder(cabinet: Cabinet, name: str) -> None:
    with pytest.raises(SuspiciousFileOperation):
        default_storage.save(name, ContentFile(b""))


def test_a_file_has_no_address_of_its_own(stored: str) -> None:
    with pytest.raises(NotImplementedError):
        default_storage.url(stored)


def test_the_promised_reader_downloads_it(client: Client, nour: User, stored: str) -> None:
    client.force_login(nour)

    response = client.get(address_of(stored, reader=nour, shown_as="ordonnance.pdf"))

    assert b"".join(response.streaming_content) == b"%PDF-1.7"
    assert response["Content-Disposition"] == 'attachment; filename="ordonnance.pdf"'
    assert "no-store" in response["Cache-Control"]


def test_a_lent_address_is_worth_nothing(client: Client, nour: User, alma: User, stored: str, settings: object) -> None:
    settings.MEDIDESK_REQUIRE_MFA = False
    client.force_login(alma)

    assert client.get(address_of(stored, reader=nour, shown_as="x.pdf")).status_code == 404


def test_an_old_address_is_worth_nothing(client: Client, nour: User, stored: str) -> None:
    address = address_of(stored, reader=nour, shown_as="x.pdf")
    client.force_login(nour)

    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert client.get(address).status_code == 404


def test_an_address_of_one_cabinet_is_worth_nothing_on_another(
    other_client: Client, other_cabinet: Cabinet, nour: User, chloe: User, stored: str, settings: object
) -> None:
    settings.MEDIDESK_REQUIRE_MFA = False
    address = address_of(stored, reader=chloe, shown_as="x.pdf")
    with other_cabinet:
        other_client.force_login(chloe)

    assert other_client.get(address).status_code == 404


def test_a_stranger_to_the_session_is_led_to_sign_in(client: Client, nour: User, stored: str) -> None:
    response = client.get(address_of(stored, reader=nour, shown_as="x.pdf"))

    assert response["Location"].startswith("/compte/login/?next=/fichiers/")
