"""Two cabinets made once a run, the people of both, and a clean platform after each test."""

from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.db import connection
from django.db.backends.base.creation import TEST_DATABASE_PREFIX
from django.test import Client
from django.test.utils import setup_databases, teardown_databases

from medidesk.accounts.models import Role, User
from medidesk.cabinets.models import Cabinet, Domain
from medidesk.cabinets.routing import directory
from tests.loopback import close_network

close_network()

TOURCOING = "tourcoing.localhost"
REUNION = "reunion.localhost"


def make_cabinet(slug: str, name: str, host: str, **fields: object) -> Cabinet:
    """A cabinet with its schema migrated and one host name; the connection stays in public."""
    connection.set_schema_to_public()
    cabinet = Cabinet.objects.filter(slug=slug).first()
    if cabinet is None:
        cabinet = Cabinet(slug=slug, name=name, **fields)
        cabinet.save(verbosity=0)
        Domain.objects.create(tenant=cabinet, domain=host)
    return cabinet


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The two cabinets, by migrations. The library makes no test database for a run that only has `throwaway_cabinet`: then we do."""
    with django_db_blocker.unblock():
        is_made = connection.settings_dict["NAME"].startswith(TEST_DATABASE_PREFIX)
        made = [] if is_made else setup_databases(verbosity=0, interactive=False, aliases=["default"])
        make_cabinet("tourcoing", "Cabinet du Beffroi", TOURCOING, city="Tourcoing", phone="+33320000001")
        make_cabinet("reunion", "Cabinet du Volcan", REUNION, time_zone="Indian/Reunion", city="Saint-Denis")
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def _clean_platform(request: pytest.FixtureRequest) -> Iterator[None]:
    """The entered schema survives a rollback, and limits live in the cache: neither may leak into the next test."""
    yield
    connection.set_schema_to_public()
    directory.forget()
    if {"db", "transactional_db", "throwaway_cabinet"} & set(request.fixturenames):
        caches["shared"].clear()  # empties the whole test Redis, the cabinets' keys too


@pytest.fixture
def cabinet(db: None) -> Cabinet:
    """The cabinet of Tourcoing, entered."""
    cabinet = Cabinet.objects.get(slug="tourcoing")
    connection.set_tenant(cabinet)
    return cabinet


@pytest.fixture
def other_cabinet(db: None) -> Cabinet:
    """The cabinet of La Réunion, not entered: write `with other_cabinet:`."""
    return Cabinet.objects.get(slug="reunion")


@pytest.fixture
def throwaway_cabinet(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Cabinet]:
    """A cabinet of its own for tests with real commits and several connections, entered, dropped afterwards.

    Other threads enter it themselves (`with throwaway_cabinet:`) and close their connection before they end.
    """
    with django_db_blocker.unblock():
        cabinet = make_cabinet("jetable", "Cabinet jetable", "jetable.localhost")
        connection.set_tenant(cabinet)
        try:
            yield cabinet
        finally:
            connection.set_schema_to_public()
            _drop(cabinet)


def _drop(cabinet: Cabinet) -> None:
    """Remove the schema, and its rows in the shared tables that name it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_name IN ('schema', 'schema_name') AND table_name <> 'cabinets_cabinet'"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'DELETE FROM public."{table}" WHERE "{column}" = %s', [cabinet.schema_name])
    cabinet.delete(force_drop=True)


@pytest.fixture
def client(cabinet: Cabinet) -> Client:
    """A browser at the cabinet of Tourcoing."""
    return Client(headers={"host": TOURCOING})


@pytest.fixture
def other_client(other_cabinet: Cabinet) -> Client:
    """A browser at the cabinet of La Réunion."""
    return Client(headers={"host": REUNION})


@pytest.fixture
def public_client(db: None) -> Client:
    """A browser at the public host."""
    return Client(headers={"host": "localhost"})


@pytest.fixture
def alma(cabinet: Cabinet) -> User:
    """Alma, practitioner and owner of Tourcoing."""
    return User.objects.create_user("alma@tourcoing.example", full_name="Alma Delcourt", role=Role.PRACTITIONER, owns_cabinet=True)


@pytest.fixture
def basile(cabinet: Cabinet) -> User:
    """Basile, secretary of Tourcoing."""
    return User.objects.create_user("basile@tourcoing.example", full_name="Basile Vandamme", role=Role.SECRETARY)


@pytest.fixture
def nour(cabinet: Cabinet) -> User:
    """Nour, patient of Tourcoing, with an account."""
    return User.objects.create_user("nour@patients.example", full_name="Nour Haddad", role=Role.PATIENT)


@pytest.fixture
def chloe(other_cabinet: Cabinet) -> User:
    """Chloé, secretary of La Réunion, who must see nothing of Tourcoing."""
    with other_cabinet:
        return User.objects.create_user("chloe@reunion.example", full_name="Chloé Payet", role=Role.SECRETARY)
