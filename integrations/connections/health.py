"""How each connection feels, and what it leaves to a person: offered to the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agenda.models import Appointment
from agenda.worklist import Lamp, Task
from integrations.desk.words import error_in_words
from integrations.models import Connection, FieldConflict, InboundEvent, InboundState, Mode, OutboundChange, OutboundState
from integrations.speaking.registry import connector_of, label_of
from medidesk import french
from medidesk.cabinets.current import current_zone

LATE_AFTER = timedelta(minutes=5)
DOWN_AFTER_FAILURES = 5
MOST_TASKS = 20
_COUNTED = {"waiting": OutboundState.WAITING, "given_up": OutboundState.DEAD, "blocked": OutboundState.BLOCKED}


@dataclass(frozen=True, slots=True)
class Health:
    """One connection's figures."""

    connection: Connection
    last_read: datetime | None
    last_told: datetime | None
    waiting: int
    given_up: int
    blocked: int
    oldest_waiting: datetime | None


def health_of(connection: Connection) -> Health:
    """Read now: when it was last heard and told, what waits, what was given up."""
    return healths([connection])[0]


def healths(connections: Sequence[Connection]) -> list[Health]:
    """The figures of each, in two queries however many there are."""
    unsettled = OutboundChange.objects.filter(connection__in=connections, state__in=_COUNTED.values())
    counts = {name: Count("id", filter=Q(state=state)) for name, state in _COUNTED.items()}
    oldest = Min("created_at", filter=Q(state=OutboundState.WAITING))
    queues = {row.pop("connection"): row for row in unsettled.order_by().values("connection").annotate(oldest_waiting=oldest, **counts)}
    events = InboundEvent.objects.filter(connection__in=connections).order_by()
    heard = dict(events.values_list("connection").annotate(Max("received_at")))
    none: dict[str, Any] = {"oldest_waiting": None} | dict.fromkeys(_COUNTED, 0)
    return [
        Health(one, max(filter(None, (one.last_read_at, heard.get(one.id))), default=None), one.last_told_at, **queues.get(one.id, none))
        for one in connections
    ]


def lamps(now: datetime) -> list[Lamp]:
    """« Doctolib lu il y a 40 s, 0 écart », one per connection that is not cut."""
    return [lamp_of(health, now) for health in healths(list(Connection.objects.exclude(mode=Mode.OFF)))]


def tasks(now: datetime) -> list[Task]:
    """Practitioners to map, events not understood, changes given up or refused as taken, a brake to release."""
    found: list[Task] = []
    for connection in Connection.objects.all():
        label = label_of(connection.platform)
        found += (
            _unmapped(connection, label)
            + _not_understood(connection, label)
            + _given_up(connection, label, now)
            + _braked(connection, label)
        )
    return found + _doubts(now)


def lamp_of(health: Health, now: datetime) -> Lamp:
    """The lamp of one connection, and its sentence."""
    label = label_of(health.connection.platform)
    if health.connection.mode == Mode.OFF:
        return Lamp(label, "down", _("%(label)s : connexion coupée") % {"label": label})
    if health.connection.mode == Mode.REHEARSAL:
        words = {"label": label, "n": sum(health.connection.rehearsal.get(kind, 0) for kind in ("visits", "closed_times"))}
        return Lamp(label, "ok", _("%(label)s : répétition, %(n)s écriture(s) retenue(s)") % words)
    if health.connection.failures >= DOWN_AFTER_FAILURES or "KeyRefused" in health.connection.last_error:
        return Lamp(label, "down", _("%(label)s ne répond pas") % {"label": label})
    if health.last_read is None:
        return Lamp(label, "late", _("%(label)s pas encore lu") % {"label": label})
    patience = max(LATE_AFTER, 2 * connector_of(health.connection).poll_every)
    late = now - health.last_read > patience or (health.oldest_waiting is not None and now - health.oldest_waiting > LATE_AFTER)
    ago = _ago(now - health.last_read, health.last_read, now)
    drift = (_("%(n)s écarts") if health.connection.last_drift > 1 else _("%(n)s écart")) % {"n": health.connection.last_drift}
    words = {"label": label, "ago": ago, "drift": drift}
    return Lamp(label, "late" if late else "ok", _("%(label)s lu il y a %(ago)s, %(drift)s") % words)


def _ago(age: timedelta, then: datetime, now: datetime) -> str:
    seconds = max(0, int(age.total_seconds()))
    return f"{seconds} s" if seconds < 60 else timesince(then, now, depth=1)


def _unmapped(connection: Connection, label: str) -> list[Task]:
    events = connection.events.filter(state=InboundState.UNMAPPED).order_by("id")
    count = events.count()
    if not count:
        return []
    title = _("Praticien %(label)s non relié") % {"label": label}
    detail = ngettext("%(n)s rendez-vous attend d’être relié.", "%(n)s rendez-vous attendent d’être reliés.", count) % {"n": count}
    return [Task("practitioner-not-mapped", title, detail, at=_first(events))]


def _not_understood(connection: Connection, label: str) -> list[Task]:
    events = connection.events.filter(state__in=(InboundState.NOT_UNDERSTOOD, InboundState.UNREADABLE)).order_by("id")
    count = events.count()
    if not count:
        return []
    title = _("Message de %(label)s non compris") % {"label": label}
    detail = ngettext("%(n)s message est conservé.", "%(n)s messages sont conservés.", count) % {"n": count}
    return [Task("event-not-understood", title, detail, at=_first(events))]


def _given_up(connection: Connection, label: str, now: datetime) -> list[Task]:
    rows = OutboundChange.objects.filter(connection=connection, state__in=(OutboundState.DEAD, OutboundState.BLOCKED)).order_by("id")
    rows = rows.filter(subject__in=Appointment.objects.filter(end__gt=now).values("id"))
    titles = {
        OutboundState.DEAD: _("%(label)s n’a pas pris un changement") % {"label": label},
        OutboundState.BLOCKED: _("Horaire déjà pris sur %(label)s") % {"label": label},
    }
    rows = list(rows[:MOST_TASKS])
    visits = Appointment.objects.select_related("practitioner").in_bulk([row.subject for row in rows])
    return [
        Task(
            f"outbound-{row.state}",
            titles[OutboundState(row.state)],
            ". ".join(part for part in (_place(visits[row.subject]), error_in_words(row.detail)) if part),
            reverse("agenda:appointment", args=[row.subject]),
            row.finished_at,
        )
        for row in rows
    ]


def _place(visit: Appointment) -> str:
    """« Minh Nguyen, mar. 24 nov. 13:00 »."""
    wall = visit.start.astimezone(current_zone())
    return f"{visit.practitioner.name}, {french.short_day(wall.date())} {wall:%H:%M}"


def _doubts(now: datetime) -> list[Task]:
    """Visits that a platform replaced by others without saying which is which."""
    unsure = FieldConflict.objects.filter(kind="identity", appointment__end__gt=now).select_related(
        "connection", "appointment__practitioner"
    )
    return [
        Task(
            "visit-replaced",
            _("Rendez-vous remplacé sur %(label)s, à vérifier") % {"label": label_of(each.connection.platform)},
            _place(each.appointment),
            reverse("agenda:appointment", args=[each.appointment_id]),
            each.at,
        )
        for each in unsure[:MOST_TASKS]
    ]


def _braked(connection: Connection, label: str) -> list[Task]:
    held = sum(int(each["cancellations"]) for each in connection.brake_held)
    if not held:
        return []
    detail = ngettext("%(n)s annulation attend votre accord.", "%(n)s annulations attendent votre accord.", held) % {"n": held}
    return [Task("brake", _("Annulations retenues (%(label)s)") % {"label": label}, detail)]


def _first(events: QuerySet[InboundEvent]) -> datetime | None:
    return events.values_list("received_at", flat=True).first()
