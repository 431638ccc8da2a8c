"""Opening, suspending and closing cabinets: verbs, commands, back office."""

from collections.abc import Iterator
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from medidesk.accounts.models import Role, User
from medidesk.cabinets.admin import operators
from medidesk.cabinets.entering import enter_cabinet, enter_public
from medidesk.cabinets.errors import HostTaken, NameTaken
from medidesk.cabinets.models import Cabinet, Domain
from medidesk.cabinets.provisioning import open_cabinet
from medidesk.errors import Refused

PASSWORD = "un mot de passe d’exploitant"
OPENING = {"name": "Cabinet du Port", "hosts": ["port.localhost"], "owner_email": "lou@port.example", "owner_name": "Lou Petit"}


def schemas() -> set[str]:
    """The schemas that exist."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_'")
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def operator(db: None) -> User:
    """Alix, who runs the platform."""
    return User.objects.create_user("alix@medidesk.example", PASSWORD, role=Role.OPERATOR, full_name="Alix Robin")


@pytest.fixture
def back_office(public_client: Client, operator: User) -> Client:
    """Alix's browser at the public host."""
    public_client.force_login(operator)
    return public_client


@pytest.fixture
def port(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Cabinet]:
    """A cabinet opened for real, dropped afterwards."""
    with django_db_blocker.unblock():
        cabinet = open_cabinet(**OPENING, city="Dunkerque")
        try:
            yield cabinet
        finally:
            connection.set_schema_to_public()
            cabinet.delete(force_drop=True)


def test_an_opened_cabinet_has_its_schema_its_host_and_its_owner(port: Cabinet) -> None:
    assert port.schema_name in schemas()
    assert [domain.domain for domain in port.domains.all()] == ["port.localhost"]
    with enter_cabinet(port):
        owner = User.objects.get()
        assert (owner.full_name, owner.role, owner.has_usable_password()) == ("Lou Petit", Role.OWNER, False)
        assert EmailAddress.objects.get().verified


def test_a_taken_host_is_refused_and_leaves_nothing(cabinet: Cabinet) -> None:
    before = schemas()

    with pytest.raises(HostTaken):
        open_cabinet(**{**OPENING, "hosts": ["TOURCOING.localhost"]})

    assert schemas() == before


def test_a_taken_short_name_is_refused(cabinet: Cabinet) -> None:
    with pytest.raises(NameTaken):
        open_cabinet(**OPENING, slug="tourcoing")


@pytest.mark.parametrize("hosts", [[], ["pas un hôte"], ["-tiret.example"], ["127.0.0.1:80"]])
def test_a_malformed_host_is_refused(db: None, hosts: list[str]) -> None:
    with pytest.raises(Refused):
        open_cabinet(**{**OPENING, "hosts": hosts})


def test_an_unknown_time_zone_is_refused(db: None) -> None:
    with pytest.raises(ValidationError):
        open_cabinet(**OPENING, time_zone="Lune/Mer")


def test_a_failure_on_the_way_leaves_nothing(db: None) -> None:
    before = schemas()

    with pytest.raises(ValueError, match="NUL"):
        open_cabinet(**{**OPENING, "owner_email": "x\x00@y.example"})

    assert (schemas(), Domain.objects.filter(domain="port.localhost").exists()) == (before, False)


def test_the_command_says_in_one_line_why_not(cabinet: Cabinet) -> None:
    with pytest.raises(CommandError, match="^Le nom d’hôte tourcoing.localhost est déjà pris.$"):
        call_command("create_cabinet", "Autre", "--host=tourcoing.localhost", "--owner-email=a@b.example")


def test_the_command_prints_the_uuid(db: None) -> None:
    said = StringIO()
    call_command("create_cabinet", "Cabinet du Canal", "--host=canal.localhost", "--owner-email=a@b.example", stdout=said)

    assert said.getvalue().strip() == str(Cabinet.objects.get(slug="cabinet-du-canal").uuid)


def test_the_command_for_operators(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIDESK_OPERATOR_PASSWORD", PASSWORD)

    call_command("create_operator", "Sam@medidesk.example", name="Sam", stdout=StringIO())

    with enter_public():
        assert User.objects.get(email="sam@medidesk.example").is_staff


def test_an_operator_signs_in_on_the_public_host(public_client: Client, operator: User) -> None:
    answer = public_client.post("/operateurs/login/?next=/operateurs/", {"username": operator.email, "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/operateurs/")
    assert public_client.get("/operateurs/").status_code == 200


def test_the_back_office_is_not_on_a_cabinets_host(client: Client) -> None:
    assert client.get("/operateurs/").status_code == 404


def test_a_cabinets_owner_does_not_enter_the_back_office(public_client: Client, cabinet: Cabinet, alma: User) -> None:
    alma.set_password(PASSWORD)
    alma.save()

    answer = public_client.post("/operateurs/login/", {"username": alma.email, "password": PASSWORD})

    assert answer.status_code == 200
    assert public_client.get("/operateurs/")["Location"].startswith("/operateurs/login/")


def test_an_operator_is_nobody_in_a_cabinet(client: Client, operator: User) -> None:
    assert client.post("/compte/login/", {"login": operator.email, "password": PASSWORD}).status_code == 200


def test_the_back_office_lists_the_cabinets(back_office: Client) -> None:
    said = back_office.get("/operateurs/cabinets/cabinet/").content.decode()

    assert "Cabinet du Beffroi" in said and "tourcoing.localhost" in said


@pytest.mark.parametrize(("action", "status"), [("suspend", "suspended"), ("close", "closed")])
def test_the_back_office_suspends_and_closes(back_office: Client, action: str, status: str) -> None:
    tourcoing = Cabinet.objects.get(slug="tourcoing")

    back_office.post("/operateurs/cabinets/cabinet/", {"action": action, "_selected_action": [tourcoing.pk]})

    tourcoing.refresh_from_db()
    assert tourcoing.status == status


def test_the_back_office_opens_a_cabinet(back_office: Client) -> None:
    form = {
        "name": "Cabinet du Port",
        "slug": "port",
        "host": "port2.localhost",
        "owner_email": "lou@port.example",
        "time_zone": "Europe/Paris",
    }

    answer = back_office.post("/operateurs/cabinets/cabinet/add/", form)

    assert answer.status_code == 302
    opened = Domain.objects.get(domain="port2.localhost").tenant
    assert (opened.name, opened.schema_name in schemas()) == ("Cabinet du Port", True)


def test_the_back_office_says_why_not(back_office: Client) -> None:
    form = {"name": "X", "slug": "x", "host": "tourcoing.localhost", "owner_email": "a@b.example", "time_zone": "Europe/Paris"}

    assert "tourcoing.localhost est déjà pris" in back_office.post("/operateurs/cabinets/cabinet/add/", form).content.decode()


def test_the_back_office_deletes_nothing(back_office: Client) -> None:
    tourcoing = Cabinet.objects.get(slug="tourcoing")

    assert back_office.get(f"/operateurs/cabinets/cabinet/{tourcoing.pk}/delete/").status_code == 403


def test_the_back_office_reads_no_record() -> None:
    assert list(operators._registry) == [Cabinet]
