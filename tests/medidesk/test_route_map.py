"""Every page that asks for somebody, tried by those it does not ask for: made from the route map, so that no new page is forgotten."""

import re
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from medidesk.accounts.models import STAFF_ROLES, Role, User
from medidesk.accounts.routes import Route, routes
from medidesk.cabinets.models import Cabinet

SAMPLES = {"uuid": str(UUID(int=7)), "int": "7", "day": "2026-11-24", "str": "x", "slug": "x", "path": "x"}
ASKING = [route for route in routes("medidesk.urls_cabinet") if route.access and route.access.roles and not route.access.scopes]
FOR_STAFF = [route for route in ASKING if route.access and Role.PATIENT not in route.access.roles]


def address(route: Route) -> str:
    """The path with something in each of its blanks."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda blank: SAMPLES.get(blank[1] or "str", "x"), route.path)


def by_path(route: Route) -> str:
    """How a failure is named."""
    return route.path


@pytest.fixture(autouse=True)
def _without_second_factor(settings: object) -> None:
    settings.MEDIDESK_REQUIRE_MFA = False


@pytest.mark.parametrize("route", ASKING, ids=by_path)
def test_an_anonymous_visitor_reads_nothing(client: Client, route: Route) -> None:
    answers = [client.get(address(route)), client.post(address(route), {})]

    assert [(answer.status_code, answer["Location"].partition("?")[0]) for answer in answers] == [(302, settings.LOGIN_URL)] * 2


@pytest.mark.parametrize("route", ASKING, ids=by_path)
def test_somebody_of_another_cabinet_is_a_stranger(
    client: Client, other_client: Client, other_cabinet: Cabinet, chloe: User, route: Route
) -> None:
    with other_cabinet:
        other_client.force_login(chloe)
    client.cookies[settings.SESSION_COOKIE_NAME] = other_client.cookies[settings.SESSION_COOKIE_NAME].value

    assert client.get(address(route))["Location"].startswith(settings.LOGIN_URL)


@pytest.mark.parametrize("route", FOR_STAFF, ids=by_path)
def test_a_patient_is_told_there_is_no_such_page(client: Client, nour: User, route: Route) -> None:
    client.force_login(nour)

    assert [client.get(address(route)).status_code, client.post(address(route), {}).status_code] == [404, 404]


@pytest.mark.parametrize("route", ASKING, ids=by_path)
def test_a_role_that_the_page_does_not_name_gets_404(client: Client, cabinet: Cabinet, route: Route) -> None:
    for role in sorted(STAFF_ROLES - route.access.roles):
        client.force_login(User.objects.create_user(f"{role}@tourcoing.example", role=role))

        assert client.get(address(route)).status_code == 404, role


def test_there_are_pages_to_try() -> None:
    assert len(FOR_STAFF) > 5
