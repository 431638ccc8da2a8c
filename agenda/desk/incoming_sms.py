"""SMS that nobody but a person can understand: put before the desk until somebody has settled them."""

from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from agenda.worklist import Task, register_tasks_provider
from medidesk import french
from medidesk.errors import Refused
from medidesk.messaging.models import IncomingMessage
from patients.models import Patient
from patients.traits import e164

MOST_SHOWN = 50
LONGEST_SHOWN = 120


def unread(now: datetime) -> list[Task]:
    """The messages that wait for a person, oldest first; one query."""
    rows = IncomingMessage.objects.filter(state=IncomingMessage.State.FOR_PEOPLE)[:MOST_SHOWN]
    return [
        Task(
            kind="sms",
            title=_("SMS du %(number)s") % {"number": french.phone(row.sender)},
            detail=_("«\u00a0%(text)s\u00a0»") % {"text": _short(row.text)},
            url=reverse("agenda:incoming_sms", args=[row.id]),
            at=row.received_at,
        )
        for row in rows
    ]


def message_of(message_id: UUID) -> IncomingMessage | None:
    """One message."""
    return IncomingMessage.objects.filter(pk=message_id).first()


def senders_of(message: IncomingMessage) -> list[Patient]:
    """The patients who have that number."""
    try:
        number = e164(message.sender)
    except Refused:
        return []
    return list(Patient.objects.filter(phone=number, deleted_at=None).order_by("birth_date")) if number else []


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


register_tasks_provider(unread)
