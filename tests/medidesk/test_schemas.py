"""Guards 3, 6, 8, 9: what lives in which schema, and how schemas are named and migrated."""

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext

from medidesk.accounts.models import Role, User
from medidesk.cabinets.entering import enter_cabinet, enter_public
from medidesk.cabinets.models import Cabinet, generate_schema_name
from medidesk.db.migrating import set_lock_timeout

MEANT_IN_BOTH = {"django.contrib.sessions", "medidesk.accounts"}


def tables_of(app_names: set[str]) -> set[str]:
    """The tables of these applications, the automatic ones included."""
    return {
        model._meta.db_table
        for config in apps.get_app_configs()
        if config.name in app_names
        for model in config.get_models(include_auto_created=True)
    }


def tables_in(schema: str) -> set[str]:
    """The tables that exist in a schema."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", [schema])
        return {name for (name,) in cursor.fetchall()} - {"django_migrations"}


def test_public_holds_the_shared_tables_only(db: None) -> None:
    assert tables_in("public") == tables_of(set(settings.SHARED_APPS))


def test_a_cabinet_holds_its_own_tables_only(cabinet: Cabinet) -> None:
    assert tables_in(cabinet.schema_name) == tables_of(set(settings.TENANT_APPS))


def test_the_operators_table_stays_apart_from_the_cabinets_people(alma: User) -> None:
    with enter_public():
        operator = User.objects.create_user("op@medidesk.example", role=Role.OPERATOR)
        assert list(User.objects.all()) == [operator]

    assert list(User.objects.all()) == [alma]


def test_content_types_are_the_same_rows_from_every_cabinet(cabinet: Cabinet, other_cabinet: Cabinet) -> None:
    here = ContentType.objects.get_for_model(User)
    with enter_cabinet(other_cabinet):
        ContentType.objects.clear_cache()
        there = ContentType.objects.get_for_model(User)

    assert (here, tables_in(cabinet.schema_name) & {"django_content_type", "auth_permission"}) == (there, set())


def test_no_cabinet_grants_by_django_permissions(cabinet: Cabinet) -> None:
    with enter_public():
        assert Permission.objects.filter(content_type__app_label="accounts").exists()
    assert not hasattr(User, "user_permissions")


def test_no_foreign_key_leaves_a_cabinets_schema(cabinet: Cabinet) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint "
            "JOIN pg_class one ON one.oid = conrelid JOIN pg_class other ON other.oid = confrelid "
            "WHERE contype = 'f' AND one.relnamespace <> other.relnamespace"
        )
        assert cursor.fetchall() == []


def test_schema_names_are_letters_and_digits() -> None:
    names = {generate_schema_name() for _ in range(1000)}

    assert len(names) == 1000
    assert all(re.fullmatch(r"c[a-z0-9]{13}", name) for name in names)


def test_a_schema_name_cannot_be_typed(db: None) -> None:
    field = Cabinet._meta.get_field("schema_name")

    assert (field.editable, field.has_default()) == (False, True)


def test_an_unknown_time_zone_is_refused() -> None:
    with pytest.raises(ValidationError):
        Cabinet(name="X", slug="x", time_zone="Mars/Olympus").clean_fields()


def test_the_migrations_table_is_looked_up_by_name(cabinet: Cabinet) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert MigrationRecorder(connection).has_table()

    assert [query["sql"].split(" IS ")[0] for query in asked] == [f"SELECT to_regclass('\"{cabinet.schema_name}\".django_migrations')"]


def test_a_schema_without_migrations_table_has_none(db: None) -> None:
    connection.set_schema("nosuchschema")

    assert not MigrationRecorder(connection).has_table()


def test_migrations_do_not_wait_long_for_a_lock(db: None) -> None:
    set_lock_timeout()

    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("5s",)
