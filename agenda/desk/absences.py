"""What the pages of an absence show: the visits it meets with what can be done, the messages that would leave, what became of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agenda.desk.day_visits import written_name
from agenda.desk.next_times import spoken_name
from agenda.desk.rights import writable_agendas
from agenda.mass_absence.affected import Scope
from agenda.mass_absence.proposing import same_time_elsewhere
from agenda.mass_absence.telling import ABSENCE, TAKES_PLACE
from agenda.mass_absence.texts import worded
from agenda.models import Decision, MassAbsence, MassAbsenceLine, Practitioner, Status, Substitution
from agenda.reach import Reach, reach_of
from medidesk import french
from medidesk.accounts.models import User
from medidesk.cabinets.current import current_zone
from medidesk.messaging.models import Channel, Message
from medidesk.messaging.models import Status as Sending
from medidesk.messaging.segments import lighten, weigh

State, Line = MassAbsence.State, MassAbsenceLine.State
SAMPLES = 4  # messages shown whole before sending
MOST_LISTED = 50
_RELATED = ("appointment__patient", "appointment__visit_reason", "appointment__practitioner", "appointment__site", "was_practitioner",
            "to_practitioner", "rebooked__practitioner")  # fmt: skip
_OUTCOMES = {
    "cancelled": gettext_lazy("Annulé"),
    "moved": gettext_lazy("Déplacé"),
    "target-taken": gettext_lazy("L’horaire prévu venait d’être pris : annulé, à choisir de nouveau"),
    "kept": gettext_lazy("Gardé"),
    "moved-away": gettext_lazy("Déjà déplacé par ailleurs"),
    "already-cancelled": gettext_lazy("Déjà annulé par ailleurs"),
    "status-not-allowed": gettext_lazy("Déjà sur place : non annulé"),
    "booked-meanwhile": gettext_lazy("Pris entre-temps : à décider"),
    "failed": gettext_lazy("Pas traité : à faire à la main"),
    "put-back": gettext_lazy("Remis comme avant"),
    "rebooked": gettext_lazy("Pas remis : le patient a choisi un autre horaire"),
    "changed-since": gettext_lazy("Pas remis : changé depuis"),
    "slot-taken": gettext_lazy("Pas remis : l’horaire est pris"),
    "nothing-to-undo": gettext_lazy("Pas remis : changé depuis"),
}


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be decided for a visit; `value` is how the form names it."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One visit of the absence: whose, when it was, how its patient is reached, what can be or was done."""

    line: MassAbsenceLine
    name: str
    reason: str
    was: datetime
    reach: Reach | None
    options: tuple[Option, ...] = ()
    proposed: tuple[str, ...] = ()
    outcome: str = ""
    call_for: str = ""

    @property
    def visit(self):
        """The visit as it is now."""
        return self.line.appointment

    @property
    def phone(self) -> str:
        """The number to call."""
        return self.visit.patient.phone if self.visit.patient else ""

    @property
    def discreet(self) -> bool:
        """Must nothing be left on the answering machine?"""
        return bool(self.visit.patient and self.visit.patient.leave_no_details)


@dataclass(frozen=True, slots=True)
class Sample:
    """A message as it would leave."""

    channel: str
    to: str
    text: str
    segments: int
    visits: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What sending would do: how many messages and SMS segments at the least, a few of them whole, and who is to be telephoned."""

    households: int
    sms: int
    emails: int
    samples: tuple[Sample, ...]
    to_phone: tuple[Row, ...]
    counts: tuple[tuple[str, int], ...]


def absence_for(user: User, mass_id: UUID) -> MassAbsence:
    """The mass absence, when this person may change that agenda; Http404 otherwise."""
    mass = MassAbsence.objects.filter(pk=mass_id, deleted_at=None).select_related("practitioner", "site").first()
    if mass is None or not may_announce(user, mass.practitioner_id):
        raise Http404
    return mass


def may_announce(user: User, practitioner_id: UUID | None) -> bool:
    """May this person announce the absence of that practitioner (None: close a site)?"""
    own = writable_agendas(user)
    return own is None or practitioner_id in own


def absences_of(user: User) -> list[MassAbsence]:
    """The latest mass absences in this person's agendas, the newest first."""
    rows = MassAbsence.objects.filter(deleted_at=None).select_related("practitioner", "site").order_by("-created_at", "-id")
    own = writable_agendas(user)
    return list((rows if own is None else rows.filter(practitioner_id__in=own))[:MOST_LISTED])


def length_of(mass: MassAbsence, now: datetime) -> str:
    """« lundi 9 mars », « du lundi 9 mars au samedi 14 mars » for whole days, else with the hours."""
    zone = current_zone()
    start, end, today = mass.start.astimezone(zone), mass.end.astimezone(zone), now.astimezone(zone).date()
    if start.time() == end.time() == time.min:
        last = end.date() - timedelta(days=1)
        if last == start.date():
            return french.long_day(last, today)
        return _("du %(first)s au %(last)s") % {"first": french.long_day(start.date(), today), "last": french.long_day(last, today)}
    if start.date() == end.date():
        words = {"day": french.long_day(start.date(), today), "from": french.clock_time(start), "to": french.clock_time(end)}
        return _("%(day)s de %(from)s à %(to)s") % words
    return _("du %(first)s au %(last)s") % {"first": french.long_moment(start, today), "last": french.long_moment(end, today)}


def draft_rows(mass: MassAbsence, now: datetime, movable_to: Iterable[UUID] | None) -> list[Row]:
    """The visits of a draft with everything that can be decided; `movable_to`: the agendas one may write in (None: all)."""
    lines = _lines(mass)
    names = {one.id: one for one in Practitioner.objects.filter(deleted_at=None)}
    elsewhere = same_time_elsewhere([line.appointment for line in lines], Scope.of(mass), now)
    substitutes = _substitutes(mass)
    allowed = None if movable_to is None else set(movable_to)
    rows = []
    for line in lines:
        free = [one for one in elsewhere.get(line.appointment_id, ()) if allowed is None or one in allowed]
        free.sort(key=lambda one: one not in substitutes)
        proposed = tuple(_time(one, names) for one in line.proposals)
        rows.append(_row(line, options=tuple(_options(line, free, names, substitutes)), proposed=proposed))
    return rows


def preview_of(mass: MassAbsence, now: datetime) -> Preview:
    """The messages as they would leave, worded from what was decided; nothing is written."""
    lines = _lines(mass)
    touched = [line for line in lines if line.decision != Decision.KEEP]
    by_reach: dict[Reach | None, list[MassAbsenceLine]] = {}
    for line in touched:
        _pretend(line)
        by_reach.setdefault(reach_of(line.appointment.patient), []).append(line)
    unreached = by_reach.pop(None, [])
    reached = {reach: those for reach, those in by_reach.items() if reach}
    shapes: dict[tuple, tuple[Reach, list[MassAbsenceLine]]] = {}
    for reach, those in reached.items():
        shapes.setdefault((reach.channel, len(those) > 1, *sorted({line.decision == Decision.MOVE for line in those})), (reach, those))
    samples = tuple(_sample(reach, those, now) for reach, those in [*shapes.values()][:SAMPLES])
    counts = tuple((str(label), sum(line.decision == value for line in lines)) for value, label in Decision.choices)
    channels = [reach.channel for reach in reached]
    return Preview(
        len(reached), channels.count(Channel.SMS), channels.count(Channel.EMAIL), samples, tuple(_row(line) for line in unreached), counts
    )


def report_of(mass: MassAbsence) -> list[Row]:
    """What became of each visit, and who is still to be telephoned, and why; three queries."""
    lines = _lines(mass)
    about = {line.told_with for line in lines if line.told_with}
    lost = _lost_messages(about)
    return [_row(line, outcome=str(_OUTCOMES.get(line.outcome, "")), call_for=_call_for(mass, line, lost)) for line in lines]


def _lines(mass: MassAbsence) -> list[MassAbsenceLine]:
    return list(mass.lines.select_related(*_RELATED).order_by("was_start", "id"))


def _row(line: MassAbsenceLine, **values) -> Row:
    patient = line.appointment.patient
    name = written_name(patient.last_name, patient.first_names) if patient else _("patient à préciser")
    return Row(line, name, str(line.appointment.visit_reason or ""), line.was_start.astimezone(current_zone()), reach_of(patient), **values)


def _substitutes(mass: MassAbsence) -> set[UUID]:
    """Who is arranged to work in place of the absent one during some of these days."""
    zone = current_zone()
    days = {"first_day__lte": mass.end.astimezone(zone).date(), "last_day__gte": mass.start.astimezone(zone).date()}
    rows = Substitution.objects.filter(practitioner_id=mass.practitioner_id, deleted_at=None, ended_at=None, **days)
    return set(rows.values_list("substitute_id", flat=True)) if mass.practitioner_id else set()


def _options(line: MassAbsenceLine, free: Sequence[UUID], names: dict[UUID, Practitioner], substitutes: set[UUID]) -> Iterable[Option]:
    moving = (line.to_practitioner_id, line.to_start) if line.decision == Decision.MOVE else None
    if line.proposals:
        label = ngettext("Proposer cet horaire", "Proposer ces %(n)d horaires", len(line.proposals)) % {"n": len(line.proposals)}
        yield Option("propose", label, line.decision == Decision.PROPOSE)
    targets: list[tuple[UUID, datetime, str]] = []
    for one in free:
        word = _("Déplacer chez %(who)s, remplaçant, même heure") if one in substitutes else _("Déplacer chez %(who)s, même heure")
        targets.append((one, line.was_start, word % {"who": spoken_name(names[one])}))
    for proposal in line.proposals:
        practitioner = UUID(proposal["practitioner"])
        label = _("Déplacer d’office\u00a0: %(time)s") % {"time": _time(proposal, names)}
        targets.append((practitioner, datetime.fromisoformat(proposal["start"]), label))
    if moving and moving not in [(one, start) for one, start, _label in targets] and line.to_start:
        proposal = {"practitioner": str(line.to_practitioner_id), "start": line.to_start.isoformat()}
        targets.append((*moving, _("Déplacer d’office\u00a0: %(time)s") % {"time": _time(proposal, names)}))
    for one, start, label in targets:
        yield Option(f"move|{one}|{start.isoformat()}", label, moving == (one, start))
    yield Option("cancel", _("Annuler, sans proposer d’horaire"), line.decision == Decision.CANCEL)
    yield Option("keep", _("Garder ce rendez-vous"), line.decision == Decision.KEEP)


def _time(proposal: dict[str, str], names: dict[UUID, Practitioner]) -> str:
    start = datetime.fromisoformat(proposal["start"]).astimezone(current_zone())
    who = names.get(UUID(proposal["practitioner"]))
    return f"{french.short_day(start.date())} {start:%H:%M}" + (f" {spoken_name(who)}" if who else "")


def _pretend(line: MassAbsenceLine) -> None:
    """The visit in memory as the decision would leave it: what the words are made from."""
    visit = line.appointment
    if line.decision == Decision.MOVE and line.to_practitioner and line.to_start:
        visit.start, visit.practitioner, visit.status = line.to_start, line.to_practitioner, Status.CONFIRMED
    else:
        visit.status = Status.CANCELLED


def _sample(reach: Reach, lines: Sequence[MassAbsenceLine], now: datetime) -> Sample:
    text = worded(ABSENCE, lines, reach, now).text
    sms = reach.channel == Channel.SMS
    return Sample(reach.channel, reach.to, lighten(text) if sms else text, weigh(lighten(text)).segments if sms else 0, len(lines))


def _lost_messages(about: set[UUID]) -> set[UUID]:
    """What the messages were about that did not reach anybody."""
    rows = Message.objects.filter(about__in=about, kind__in=(ABSENCE, TAKES_PLACE))
    failed = rows.filter(status=Sending.FAILED) | rows.filter(status=Sending.CANCELLED, outcome="no way to reach")
    return set(failed.values_list("about", flat=True))


def _call_for(mass: MassAbsence, line: MassAbsenceLine, lost: set[UUID]) -> str:
    """Why somebody has to telephone; empty when nobody has to."""
    if mass.state not in (State.DONE, State.UNDONE) or line.rebooked_id:
        return ""
    if line.state == Line.STUCK:
        return str(_OUTCOMES.get(line.outcome, ""))
    if line.state == Line.UNDONE and (line.phoned_at or line.told_with in lost):
        return _("Le rendez-vous a finalement lieu")
    if line.state == Line.DONE and line.acted_version:
        if not line.told:
            return _("Ni mobile ni e-mail")
        if line.told_with in lost:
            return _("Le message n’est pas parti")
    return ""
