"""What happened to a visit, told in French from its journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda.models import Appointment, JournalEntry, Practitioner, Status
from agenda.sources import source, sources
from medidesk import french
from medidesk.cabinets.current import current_zone

_TOLD: dict[str, Any] = {
    "booked": gettext_lazy("Rendez-vous pris"),
    "requested": gettext_lazy("Demande reçue"),
    "imported": gettext_lazy("Rendez-vous reçu de la plateforme"),
    "confirmed": gettext_lazy("Rendez-vous confirmé"),
    "moved": gettext_lazy("Déplacé"),
    "swapped": gettext_lazy("Échangé avec un autre rendez-vous"),
    "cancelled": gettext_lazy("Annulé"),
    "arrived": gettext_lazy("Arrivée notée"),
    "in_consultation": gettext_lazy("Entrée en consultation"),
    "completed": gettext_lazy("Vu"),
    "no_show": gettext_lazy("Absence notée"),
    "undone": gettext_lazy("Dernier geste repris"),
    "lane": gettext_lazy("Conflit levé : l’horaire est de nouveau libre"),
    "patient": gettext_lazy("Patient précisé"),
    "reason": gettext_lazy("Motif précisé"),
    "recognised": gettext_lazy("Reconnu sur la plateforme"),
    "withdrawn": gettext_lazy("Import annulé : rendez-vous retiré"),
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """One line of the story."""

    at: datetime
    who: str
    text: str
    detail: str


def story_of(appointment: Appointment) -> list[Chapter]:
    """The story of a visit, newest first: two queries."""
    names = {one.id: one.name for one in Practitioner.objects.all()}
    zone = current_zone()
    entries = JournalEntry.objects.filter(appointment=appointment).order_by("-id")
    return [Chapter(one.at.astimezone(zone), teller(one.by), _told(one), _detail(one, names)) for one in entries]


def _told(entry: JournalEntry) -> str:
    """The act in words; what was imported came from a platform, or from a file (its origin says which)."""
    if entry.act == "imported" and entry.origin.startswith("import:"):
        return _("Rendez-vous repris d’un fichier")
    return str(_TOLD.get(entry.act, entry.act))


def teller(by: str) -> str:
    """Who did it, as the journal keeps it, in words."""
    if by == "patient":
        return _("le patient")
    if by == "medidesk":
        return "MediDesk"
    if by.startswith("api:"):
        return _("%(key)s (par l’interface)") % {"key": by.removeprefix("api:")}
    return str(source(by).label) if by in {one.slug for one in sources()} else by


def _detail(entry: JournalEntry, names: dict[UUID, str]) -> str:
    before, after = entry.before or {}, entry.after or {}
    parts = []
    if before and after and (before.get("start"), before.get("practitioner")) != (after.get("start"), after.get("practitioner")):
        parts.append(_("%(before)s → %(after)s") % {"before": _place(before, names), "after": _place(after, names)})
    elif not before and after.get("start"):
        parts.append(_place(after, names))
    if entry.act == "undone" and before.get("status") != after.get("status") and after.get("status"):
        parts.append(_("de nouveau\u00a0: %(status)s") % {"status": Status(after["status"]).label})
    if after.get("lane") == "conflict" and before.get("lane") != "conflict":
        parts.append(_("sur un horaire déjà pris"))
    return ", ".join(parts)


def _place(state: dict[str, Any], names: dict[UUID, str]) -> str:
    start = datetime.fromisoformat(state["start"]).astimezone(current_zone())
    name = names.get(UUID(state["practitioner"]), "")
    return f"{french.short_day(start.date())} {start:%H:%M}, {name}"
