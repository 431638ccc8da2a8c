"""The ledger, the errors and the brake in plain French."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda.models import Appointment, Hold
from integrations.models import InboundEvent, InboundState, OutboundChange, OutboundState
from medidesk import french
from medidesk.cabinets.current import current_zone

ERRORS = {
    "Unavailable": gettext_lazy("la plateforme n’a pas répondu"),
    "OverQuota": gettext_lazy("le nombre d’appels permis par la plateforme est épuisé"),
    "KeyRefused": gettext_lazy("la plateforme refuse la clé"),
    "Refused": gettext_lazy("la plateforme a refusé"),
    "NotUnderstood": gettext_lazy("la plateforme répond autrement que prévu"),
    "Taken": gettext_lazy("l’horaire est déjà pris là-bas"),
    "CursorGone": gettext_lazy("la plateforme a oublié des nouvelles avant qu’elles soient lues"),
    "InDoubt": gettext_lazy("peut-être déjà écrit là-bas, à vérifier avant de renvoyer"),
    "Outdated": gettext_lazy("le rendez-vous a changé là-bas entre-temps"),
}
RECEIVED = {
    InboundState.RECEIVED: (gettext_lazy("en attente"), "info"),
    InboundState.APPLIED: (gettext_lazy("repris dans l’agenda"), "success"),
    InboundState.ECHO: (gettext_lazy("déjà à jour"), ""),
    InboundState.STALE: (gettext_lazy("ancienne nouvelle"), ""),
    InboundState.IGNORED: (gettext_lazy("sans objet"), ""),
    InboundState.UNMAPPED: (gettext_lazy("praticien non relié"), "warning"),
    InboundState.LEFT_ALONE: (gettext_lazy("praticien laissé de côté"), ""),
    InboundState.NOT_UNDERSTOOD: (gettext_lazy("non compris, conservé"), "danger"),
    InboundState.UNREADABLE: (gettext_lazy("illisible, conservé"), "danger"),
}
SENT = {
    OutboundState.WAITING: (gettext_lazy("à envoyer"), "info"),
    OutboundState.DONE: (gettext_lazy("à jour là-bas"), "success"),
    OutboundState.BLOCKED: (gettext_lazy("horaire déjà pris là-bas"), "warning"),
    OutboundState.DEAD: (gettext_lazy("envoi impossible"), "danger"),
    OutboundState.DROPPED: (gettext_lazy("abandonné"), ""),
}
ACTS = {
    "booked": gettext_lazy("nouveau rendez-vous"),
    "imported": gettext_lazy("rendez-vous reçu d’ailleurs"),
    "undone": gettext_lazy("retour en arrière"),
    "withdrawn": gettext_lazy("rendez-vous retiré"),
    "moved": gettext_lazy("rendez-vous déplacé"),
    "reason": gettext_lazy("motif précisé"),
    "cancelled": gettext_lazy("rendez-vous annulé"),
    "held": gettext_lazy("horaire gardé"),
    "released": gettext_lazy("horaire rendu"),
    "exported": gettext_lazy("première mise en ligne"),
    "reconciled": gettext_lazy("écart corrigé"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger: when, about what, what came of it; `id` and `visit` where something can be done."""

    at: datetime
    text: str
    state: str
    tone: str
    detail: str = ""
    id: int = 0
    visit: UUID | None = None


def error_in_words(text: str) -> str:
    """« la plateforme refuse la clé (401) » for the « KeyRefused: 401 » that was noted; empty for none."""
    kind, _colon, rest = text.partition(":")
    known = ERRORS.get(kind.strip())
    if known is None:
        return text
    return f"{known} ({rest.strip()})" if rest.strip() else str(known)


def places_of(subjects: Iterable[UUID]) -> tuple[dict[UUID, str], set[UUID]]:
    """« Minh Nguyen, mar. 24 nov. 13:00 » of each visit or hold, and which of them are visits; two queries."""
    wanted = list(subjects)
    visits = Appointment.objects.filter(pk__in=wanted).select_related("practitioner")
    holds = Hold.objects.filter(pk__in=wanted).select_related("practitioner")
    words: dict[UUID, str] = {}
    for each in (*visits, *holds):
        wall = each.start.astimezone(current_zone())
        words[each.pk] = f"{each.practitioner.name}, {french.short_day(wall.date())} {wall:%H:%M}"
    return words, {visit.pk for visit in visits}


def line_in(event: InboundEvent, place: str) -> Line:
    """An event that came in."""
    state, tone = RECEIVED[InboundState(event.state)]
    detail = "" if event.state in (InboundState.APPLIED, InboundState.ECHO) else event.detail
    return Line(event.received_at, place or _("rendez-vous encore inconnu ici"), str(state), tone, error_in_words(detail))


def line_out(change: OutboundChange, places: dict[UUID, str], visits: set[UUID]) -> Line:
    """A change that went out, or should."""
    state, tone = SENT[OutboundState(change.state)]
    act = ACTS.get(change.act)
    text = " : ".join(str(part) for part in (places.get(change.subject, _("horaire libéré depuis")), act) if part)
    detail = error_in_words(change.detail) if change.state != OutboundState.DONE else ""
    visit = change.subject if change.subject in visits else None
    return Line(change.finished_at or change.created_at, text, str(state), tone, detail, change.pk, visit)
