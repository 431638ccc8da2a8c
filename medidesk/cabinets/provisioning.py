"""Opening, suspending and closing a cabinet: the only writers of the shared tables of cabinets."""

import logging
import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _

from medidesk.accounts.models import Role
from medidesk.accounts.people import add_person
from medidesk.cabinets.entering import enter_cabinet, enter_public
from medidesk.cabinets.errors import HostTaken, NameTaken
from medidesk.cabinets.models import Cabinet, Domain
from medidesk.cabinets.routing import announce_change
from medidesk.cabinets.signals import cabinet_status_changed
from medidesk.errors import Refused

logger = logging.getLogger(__name__)

HOST_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123


def open_cabinet(
    *, name: str, hosts: Sequence[str], owner_email: str, owner_name: str = "", time_zone: str = "Europe/Paris", **presentation: Any
) -> Cabinet:
    """Make a cabinet: its schema by migrations, its host names (the first is the main one), its owner's account.

    The owner signs in by a code sent to the address. Raises Django's `ValidationError` for a malformed field, `Refused` for a
    malformed host, `HostTaken`, `NameTaken`; nothing is left behind by a refusal or a failure.
    """
    hosts = [host.strip().lower() for host in hosts]
    with enter_public():
        cabinet = Cabinet(name=name.strip(), time_zone=time_zone, **{"slug": slugify(name), **presentation})
        cabinet.full_clean(validate_unique=False)
        refuse_what_is_taken(slug=cabinet.slug, hosts=hosts)
        cabinet.save(verbosity=0)
        try:
            for number, host in enumerate(hosts):
                Domain.objects.create(tenant=cabinet, domain=host, is_primary=number == 0)
            with enter_cabinet(cabinet):
                add_person(email=owner_email, full_name=owner_name, role=Role.OWNER)
        except BaseException:
            cabinet.delete(force_drop=True)
            raise
    announce_change()
    logger.info("cabinet opened", extra={"opened": cabinet.schema_name})
    return cabinet


def suspend_cabinet(cabinet: Cabinet) -> None:
    """Answer 503 on all its hosts until it is opened again; nothing is lost."""
    _set_status(cabinet, Cabinet.Status.SUSPENDED)


def reopen_cabinet(cabinet: Cabinet) -> None:
    """Answer again."""
    _set_status(cabinet, Cabinet.Status.OPEN)


def close_cabinet(cabinet: Cabinet) -> None:
    """Answer 410 on all its hosts; the schema stays until retention rules remove it."""
    _set_status(cabinet, Cabinet.Status.CLOSED)


def _set_status(cabinet: Cabinet, status: str) -> None:
    cabinet.status = status
    with enter_public():
        Cabinet.objects.filter(pk=cabinet.pk).update(status=status)
        cabinet_status_changed.send(sender=Cabinet, cabinet=cabinet)
    announce_change()
    logger.info("cabinet status changed", extra={"changed": cabinet.schema_name, "status": status})


def refuse_what_is_taken(*, slug: str, hosts: Sequence[str]) -> None:
    """Raise what `open_cabinet` would: `HostTaken`, `NameTaken`, or `Refused` for a name that is no host name."""
    if not hosts:
        raise Refused(_("Donnez au moins un nom d’hôte."), code="host-missing")
    with enter_public():
        for host in hosts:
            if not HOST_NAME.fullmatch(host):
                raise Refused(_("« %(host)s » n’est pas un nom d’hôte.") % {"host": host}, code="host-malformed")
            if host in settings.MEDIDESK_PUBLIC_HOSTS or Domain.objects.filter(domain=host).exists():
                raise HostTaken(_("Le nom d’hôte %(host)s est déjà pris.") % {"host": host}, host=host)
        if Cabinet.objects.filter(slug=slug).exists():
            raise NameTaken(_("Un cabinet porte déjà le nom court %(slug)s.") % {"slug": slug}, slug=slug)
