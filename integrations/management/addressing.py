"""What commands have in common: which cabinet, which connection."""

from django.core.management.base import CommandError
from django.db.models import Q

from integrations.connections.connecting import find_connection
from integrations.models import Connection
from medidesk.cabinets.models import Cabinet
from medidesk.errors import NotFound


def cabinet_named(text: str) -> Cabinet:
    """By short name or host name. Raises CommandError."""
    found = Cabinet.objects.filter(Q(slug=text) | Q(domains__domain=text)).distinct().first()
    if found is None:
        raise CommandError(f"Aucun cabinet « {text} ».")
    return found


def connection_named(text: str) -> Connection:
    """Of the entered cabinet, by id. Raises CommandError."""
    try:
        return find_connection(text)
    except NotFound as problem:
        raise CommandError(problem.message) from problem


def cabinet_of_connection(text: str) -> Cabinet:
    """The cabinet that has this connection. Raises CommandError."""
    for cabinet in Cabinet.objects.all():
        with cabinet:
            try:
                find_connection(text)
            except NotFound:
                continue
            return cabinet
    raise CommandError(f"Aucune connexion « {text} ».")
