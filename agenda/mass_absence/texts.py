"""What the messages about an absence say, and whether they are still true when they leave.

No patient's name, no reason. An SMS is one segment wherever the cabinet's names leave room: the longest wording that fits is taken.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from agenda.links import link_to
from agenda.mass_absence.telling import ABSENCE, COMPOSER
from agenda.message_content import email_of, shortest_that_fits
from agenda.message_words import address, phone_to_call, short_day, short_name, short_time
from agenda.models import MassAbsenceLine, Practitioner, Status
from agenda.reach import Reach, reach_of
from medidesk import french
from medidesk.cabinets.current import current_cabinet
from medidesk.messaging.composing import Answer, Content, Withdrawal, register_composer
from medidesk.messaging.models import Channel, Message

State = MassAbsenceLine.State
_RELATED = ("appointment__patient", "appointment__site", "appointment__practitioner", "was_practitioner", "mass_absence")


def compose_absence_messages(messages: Sequence[Message], now: datetime) -> dict[UUID, Answer]:
    """An answer for each message, with one look at the lines."""
    wanted = {UUID(one) for message in messages for one in message.facts["lines"]}
    lines = {line.id: line for line in MassAbsenceLine.objects.filter(id__in=wanted).select_related(*_RELATED)}
    found: dict[UUID, Answer] = {}
    for message in messages:
        mine = [lines[one] for one in map(UUID, message.facts["lines"]) if one in lines]
        found[message.id] = _answer(message.kind, message.channel, mine, now)
    return found


register_composer(COMPOSER, compose_absence_messages)


def _answer(kind: str, channel: str, lines: Sequence[MassAbsenceLine], now: datetime) -> Answer:
    standing = [line for line in lines if _is_true(kind, line, now)]
    if not standing:
        return Withdrawal("no longer true")
    reach = reach_of(standing[0].appointment.patient)
    if reach is None or reach.channel != channel:
        return Withdrawal("no way to reach")
    return worded(kind, standing, reach, now)


def _is_true(kind: str, line: MassAbsenceLine, now: datetime) -> bool:
    """Is it still so that this visit was cancelled or moved (or takes place after all)?"""
    visit = line.appointment
    if kind != ABSENCE:
        return line.state == State.UNDONE and visit.is_active and visit.start > now
    if line.state not in (State.DONE, State.STUCK) or line.rebooked_id:
        return False
    return visit.status == Status.CANCELLED or (line.outcome == "moved" and visit.is_active)


def worded(kind: str, lines: Sequence[MassAbsenceLine], reach: Reach, now: datetime) -> Content:
    """The message of one household; `lines` are related to their visits."""
    facts = _facts(lines, now)
    if reach.channel == Channel.SMS:
        wordings = _absence_sms(facts, lines) if kind == ABSENCE else _takes_place_sms(facts, lines)
        return Content(reach.to, shortest_that_fits(wordings))
    return email_of(kind, reach.to, facts)


def _facts(lines: Sequence[MassAbsenceLine], now: datetime) -> dict[str, Any]:
    cabinet = current_cabinet()
    zone, today = cabinet.zone, now.astimezone(cabinet.zone).date()
    first = lines[0]
    return {
        "cabinet_name": cabinet.name,
        "phone": phone_to_call(first.appointment.site),
        "link": link_to(first.appointment),
        "address": address(first.appointment),
        "visits": [_visit(line, zone, today) for line in lines],
        "count": len(lines),
        "was": _short(first.was_start, zone, today),
        "to": _short(first.appointment.start, zone, today),
        "who_was": _who(lines),
        "who_now": short_name(first.appointment.practitioner),
        "days": " et ".join(sorted({f"{line.was_start.astimezone(zone):%d/%m}" for line in lines}, key=lambda day: day[3:] + day[:2])),
    }


def _visit(line: MassAbsenceLine, zone: Any, today: Any) -> dict[str, str]:
    """One visit in an e-mail: when it was, and where it went."""
    visit = line.appointment
    moved = visit.status != Status.CANCELLED
    return {
        "was": french.long_moment(line.was_start.astimezone(zone), today),
        "who": line.was_practitioner.name,
        "now": french.long_moment(visit.start.astimezone(zone), today) if moved else "",
        "who_now": visit.practitioner.name if moved else "",
        "link": link_to(visit),
    }


def _short(start: datetime, zone: Any, today: Any) -> str:
    wall = start.astimezone(zone)
    return _("%(day)s à %(time)s") % {"day": short_day(wall.date(), today), "time": short_time(wall)}


def _who(lines: Sequence[MassAbsenceLine]) -> str:
    """The practitioner, when it is one for all of them."""
    practitioners: dict[UUID, Practitioner] = {line.was_practitioner_id: line.was_practitioner for line in lines}
    return short_name(*practitioners.values()) if len(practitioners) == 1 else ""


def _absence_sms(facts: dict[str, Any], lines: Sequence[MassAbsenceLine]) -> list[str]:
    """The wordings of an absence, the fullest first."""
    if len(lines) > 1:
        return _several_sms(facts, lines)
    if lines[0].appointment.status != Status.CANCELLED:
        end = _("Empêché ? %(link)s") if facts["link"] else _("Empêché ? %(phone)s")
        return [
            (_("%(cabinet_name)s : votre rendez-vous du %(was)s est déplacé au %(to)s, %(who_now)s. ") + end) % facts,
            (_("Rendez-vous du %(was)s déplacé au %(to)s, %(who_now)s. ") + end) % facts,
            (_("RDV déplacé : %(to)s, %(who_now)s (au lieu du %(was)s). ") + end) % facts,
        ]
    end = _("Autre horaire : %(link)s") if facts["link"] else _("Appelez le %(phone)s.")
    choose = _("Choisissez un autre horaire : %(link)s") if facts["link"] else _("Appelez le %(phone)s.")
    return [
        (_("%(cabinet_name)s : votre rendez-vous du %(was)s, %(who_was)s, ne peut pas avoir lieu. ") + choose) % facts,
        (_("Votre rendez-vous du %(was)s, %(who_was)s, ne peut pas avoir lieu. ") + end) % facts,
        (_("RDV du %(was)s, %(who_was)s, annulé. ") + end) % facts,
    ]


def _several_sms(facts: dict[str, Any], lines: Sequence[MassAbsenceLine]) -> list[str]:
    whose = f", {facts['who_was']}," if facts["who_was"] else ""
    facts = facts | {"whose": whose}
    if all(line.appointment.status == Status.CANCELLED for line in lines):
        end = _("Autres horaires : %(link)s") if facts["link"] else _("Appelez le %(phone)s.")
        return [
            (_("%(cabinet_name)s : vos %(count)s rendez-vous du %(days)s%(whose)s ne peuvent pas avoir lieu. ") + end) % facts,
            (_("Vos %(count)s RDV du %(days)s%(whose)s sont annulés. ") + end) % facts,
        ]
    end = _("Détails : %(link)s") if facts["link"] else _("Appelez le %(phone)s.")
    return [
        (_("%(cabinet_name)s : vos %(count)s rendez-vous du %(days)s%(whose)s changent. ") + end) % facts,
        (_("Vos %(count)s RDV du %(days)s%(whose)s changent. ") + end) % facts,
    ]


def _takes_place_sms(facts: dict[str, Any], lines: Sequence[MassAbsenceLine]) -> list[str]:
    """The wordings of « after all »."""
    if len(lines) > 1:
        wordings = [
            _("%(cabinet_name)s : finalement, vos %(count)s rendez-vous du %(days)s ont bien lieu."),
            _("Finalement, vos %(count)s RDV du %(days)s ont bien lieu."),
        ]
    else:
        wordings = [
            _("%(cabinet_name)s : finalement, votre rendez-vous du %(to)s, %(who_now)s, a bien lieu."),
            _("Finalement, votre RDV du %(to)s, %(who_now)s, a bien lieu."),
        ]
    ignore = _(" Ne tenez pas compte du message précédent.")
    return [text % facts + ending for text, ending in ((wordings[0], ignore), (wordings[1], ignore), (wordings[1], ""))]
