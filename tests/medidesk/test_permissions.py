"""Each route says who may call it; nobody else gets further."""

import functools

import pytest
from django.conf import settings as django_settings
from django.core.checks import run_checks
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.views import View

from medidesk.accounts.models import Role, User
from medidesk.accounts.permissions import Access, access_of, allow, partner, public_page
from medidesk.accounts.routes import routes, unclassified
from medidesk.checks import every_cabinet_table_stays_in_its_cabinet, every_route_says_who_may_call_it
from tests.medidesk.account_urls import urlpatterns as account_urlpatterns


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse("lu")


@allow(Role.SECRETARY, Role.PRACTITIONER)
def desk(request: HttpRequest) -> HttpResponse:
    return answer(request)


@allow(Role.OWNER)
def owner_only(request: HttpRequest) -> HttpResponse:
    return answer(request)


@public_page
def open_door(request: HttpRequest) -> HttpResponse:
    return answer(request)


@partner("agenda:read")
def for_partners(request: HttpRequest) -> HttpResponse:
    return answer(request)


@public_page
class OpenClass(View):
    """A class may carry the mark too."""


urlpatterns = [
    path("desk", desk),
    path("owner", owner_only),
    path("open", open_door),
    path("partners", for_partners),
    path("class", OpenClass.as_view()),
    path("forgotten", answer),
    path("compte/stray", answer),
    *account_urlpatterns[1:],
]


@pytest.fixture(autouse=True)
def _these_routes(settings: object) -> None:
    settings.ROOT_URLCONF = __name__
    settings.MEDIDESK_REQUIRE_MFA = False


def status(client: Client, user: User | None, where: str) -> int:
    """What this person gets there."""
    if user is not None:
        client.force_login(user)
    return client.get(where).status_code


def test_the_roles_named_get_in(client: Client, basile: User) -> None:
    assert status(client, basile, "/desk") == 200


def test_a_practitioner_who_owns_the_cabinet_is_both(client: Client, alma: User) -> None:
    assert [status(client, alma, where) for where in ("/desk", "/owner")] == [200, 200]


def test_a_stranger_to_the_page_gets_404(client: Client, basile: User, nour: User) -> None:
    assert [status(client, basile, "/owner"), status(client, nour, "/desk")] == [404, 404]


def test_an_anonymous_visitor_is_led_to_sign_in(client: Client) -> None:
    assert client.get("/desk?jour=1")["Location"] == "/compte/login/?next=/desk%3Fjour%3D1"


def test_an_anonymous_script_is_told_401(client: Client) -> None:
    response = client.get("/desk", headers={"accept": "application/json"})

    assert (response.status_code, response["HX-Redirect"]) == (401, "/compte/login/?next=/desk")


def test_everybody_opens_a_public_page(client: Client) -> None:
    assert status(client, None, "/open") == 200


def test_a_partners_route_is_left_to_the_door_that_asks_for_the_key(client: Client) -> None:
    assert status(client, None, "/partners") == 200


def test_a_forgotten_route_is_closed_to_all(client: Client, alma: User) -> None:
    assert status(client, alma, "/forgotten") == 404


def test_a_page_for_somebody_signed_in_is_kept_by_no_cache(client: Client, basile: User) -> None:
    client.force_login(basile)

    assert "no-store" in client.get("/desk")["Cache-Control"]


def test_the_mark_is_found_on_functions_and_classes() -> None:
    assert access_of(desk) == Access(roles=frozenset({Role.SECRETARY, Role.PRACTITIONER}))
    assert access_of(OpenClass.as_view()) == Access(public=True)
    assert access_of(for_partners) == Access(scopes=frozenset({"agenda:read"}))
    assert access_of(answer) is None


def test_marks_add_up() -> None:
    both = allow(Role.OWNER)(partner("settings:read")(functools.partial(answer)))

    assert access_of(both) == Access(roles=frozenset({Role.OWNER}), scopes=frozenset({"settings:read"}))


def test_unclassified_routes_stop_the_start() -> None:
    errors = every_route_says_who_may_call_it()

    assert [error.msg.split(" (")[0] for error in errors] == [
        f"{__name__}: /forgotten declares nobody",
        f"{__name__}: /compte/stray declares nobody",
    ]


def test_every_real_route_is_classified() -> None:
    assert [unclassified(urlconf) for urlconf in ("medidesk.urls_cabinet", "medidesk.urls_public")] == [[], []]


def test_the_route_map_is_not_empty() -> None:
    assert {"compte/login/", "healthz"} <= {
        route.path for urlconf in ("medidesk.urls_cabinet", "medidesk.urls_public") for route in routes(urlconf)
    }


def test_no_application_is_in_both_lists_by_mistake(settings: object) -> None:
    assert every_cabinet_table_stays_in_its_cabinet() == []
    settings.TENANT_APPS = [*django_settings.TENANT_APPS, "django.contrib.contenttypes"]

    assert [error.id for error in every_cabinet_table_stays_in_its_cabinet()] == ["medidesk.E002"]


def test_the_project_passes_its_own_checks(settings: object) -> None:
    settings.ROOT_URLCONF = "medidesk.urls_cabinet"

    assert [message for message in run_checks() if message.is_serious()] == []
