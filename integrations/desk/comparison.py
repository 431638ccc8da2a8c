"""The comparison of a connection that is asked for or under way, as its page tells it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations.comparison.progress import Progress, progress_of
from integrations.comparison.pulling import KIND as READING
from integrations.comparison.reconciliation import KIND as COMPARING
from integrations.models import Connection, Mode
from integrations.speaking.registry import label_of
from medidesk import french
from medidesk.due.models import DuePointer


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is going on, in sentences; `total` is 0 while nobody knows how many visits there are."""

    doing: str
    figures: str
    done: int = 0
    total: int = 0


def comparison_of(connection: Connection, now: datetime) -> Comparison | None:
    """What the page says of it; `None` when nothing is under way."""
    if connection.mode == Mode.OFF:
        return None
    label, is_first = label_of(connection.platform), not connection.cursor and connection.last_read_at is None
    progress = progress_of(connection.pk)
    if progress is None:
        return _awaited(connection, label, is_first, now)
    doing = _("Première lecture de l’agenda de %(label)s") if is_first else _("Comparaison avec l’agenda de %(label)s")
    return Comparison(doing % {"label": label}, _figures(progress, now), progress.done, progress.total)


def _awaited(connection: Connection, label: str, is_first: bool, now: datetime) -> Comparison | None:
    """Asked for, and a worker has not come to it yet."""
    kinds = [COMPARING, READING] if is_first else [COMPARING]
    if not DuePointer.objects.filter(kind__in=kinds, reference=connection.pk, due_at__lte=now).exists():
        return None
    doing = _("La première lecture de l’agenda de %(label)s va commencer") if is_first else _("La comparaison avec %(label)s va commencer")
    return Comparison(doing % {"label": label}, "")


def _figures(progress: Progress, now: datetime) -> str:
    """« 2 500 rendez-vous sur 10 000, il en reste 7 500, encore une minute environ. »"""
    if not progress.total:
        return _("Liste des rendez-vous en cours de réception.")
    words = {"done": french.number(progress.done), "total": french.number(progress.total), "left": french.number(progress.left)}
    if not progress.left:
        return _("%(total)s rendez-vous sont lus. Dernières vérifications.") % words
    text = _("%(done)s rendez-vous sur %(total)s, il en reste %(left)s") % words
    left = progress.time_left(now)
    return f"{text}, {_time(left)}." if left is not None else f"{text}."


def _time(left: timedelta) -> str:
    minutes = round(left / timedelta(minutes=1))
    if not minutes:
        return _("encore quelques secondes")
    return ngettext("encore une minute environ", "encore %(n)s minutes environ", minutes) % {"n": minutes}
