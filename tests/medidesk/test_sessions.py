"""Guard 4: cache keys, sessions and cookies of one cabinet are worth nothing on another."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client

from medidesk.accounts.models import User
from medidesk.cabinets.cache_keys import cabinet_key
from medidesk.cabinets.entering import enter_public
from medidesk.cabinets.models import Cabinet
from medidesk.db.backend.base import NoSchemaEntered

PRIVATE = "/compte/password/change/"  # a page that asks for a signed-in person


@pytest.fixture
def signed_in(client: Client, nour: User) -> Client:
    """Nour's browser at Tourcoing."""
    client.force_login(nour)
    return client


def carry(browser: Client, other: Client) -> None:
    """Show the first browser's cookie on the other's host."""
    other.cookies[settings.SESSION_COOKIE_NAME] = browser.cookies[settings.SESSION_COOKIE_NAME].value


def test_a_cached_value_is_not_seen_from_another_cabinet(cabinet: Cabinet, other_cabinet: Cabinet) -> None:
    cache.set("lundi", "complet")

    with other_cabinet:
        assert cache.get("lundi") is None
    with enter_public():
        assert cache.get("lundi") is None
    assert cache.get("lundi") == "complet"


def test_a_key_carries_schema_and_uuid(cabinet: Cabinet) -> None:
    assert cabinet_key("k", "medidesk", 1) == f"medidesk:{cabinet.schema_name}:{cabinet.uuid}:1:k"


def test_a_key_is_the_same_when_the_schema_was_entered_by_name(cabinet: Cabinet) -> None:
    connection.set_schema(cabinet.schema_name)

    assert cabinet_key("k", "medidesk", 1) == f"medidesk:{cabinet.schema_name}:{cabinet.uuid}:1:k"


def test_no_key_outside_any_schema(db: None) -> None:
    connection.leave_schema()
    try:
        with pytest.raises(NoSchemaEntered):
            cache.get("k")
        caches["shared"].get("k")
    finally:
        connection.set_schema_to_public()


def test_a_session_lets_in_on_its_own_host(signed_in: Client) -> None:
    assert signed_in.get(PRIVATE).status_code in (200, 302)
    assert signed_in.session["cabinet"] == str(Cabinet.objects.get(slug="tourcoing").uuid)


def test_a_session_cookie_shown_to_another_cabinet_is_nobody(signed_in: Client, other_client: Client) -> None:
    carry(signed_in, other_client)

    assert other_client.get(PRIVATE)["Location"].startswith("/compte/login/")


def test_a_session_row_copied_into_another_cabinet_is_refused(
    signed_in: Client, other_client: Client, other_cabinet: Cabinet, nour: User
) -> None:
    row = Session.objects.get()
    with other_cabinet:
        User.objects.create(pk=nour.pk, email=nour.email, password=nour.password)
        Session.objects.create(pk=row.pk, session_data=row.session_data, expire_date=row.expire_date)
    carry(signed_in, other_client)

    assert other_client.get(PRIVATE)["Location"].startswith("/compte/login/")
    with other_cabinet:
        assert not Session.objects.filter(pk=row.pk).exists()


def test_a_session_that_names_no_cabinet_is_refused(signed_in: Client) -> None:
    session = signed_in.session
    del session["cabinet"]
    session.save()

    assert signed_in.get(PRIVATE)["Location"].startswith("/compte/login/")


def test_cookies_are_host_only(client: Client) -> None:
    response = client.get("/compte/login/")

    cookie = response.cookies[settings.CSRF_COOKIE_NAME]
    assert (cookie["domain"], cookie["path"], cookie["samesite"]) == ("", "/", "Lax")


def test_production_cookies_bear_the_host_prefix_and_are_secure() -> None:
    wanted = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_DOMAIN SECURE_SSL_REDIRECT"
    code = f"from medidesk import settings; print([getattr(settings, name) for name in {wanted!r}.split()])"

    said = subprocess.run([sys.executable, "-c", code], env={"MEDIDESK_SECRET_KEY": "x"}, capture_output=True, text=True, check=True)

    assert said.stdout.strip() == "['__Host-medidesk-session', '__Host-medidesk-csrf', True, True, None, True]"


def test_production_without_a_secret_key_refuses_to_start() -> None:
    said = subprocess.run([sys.executable, "-c", "import medidesk.settings"], env={}, capture_output=True, text=True, check=False)

    assert "MEDIDESK_SECRET_KEY (or MEDIDESK_SECRET_KEY_FILE) is missing." in said.stderr
