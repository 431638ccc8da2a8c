"""Django's mail door: what other applications send by it goes through the ledger like everything else."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django_tenants.utils import get_public_schema_name

from medidesk import clock
from medidesk.messaging.ledger import Plan, plan_messages
from medidesk.messaging.models import Channel

FALLBACK = "django.core.mail.backends.console.EmailBackend"


class LedgerEmailBackend(BaseEmailBackend):
    """In a cabinet, plans the mails (their text is secret: they carry codes and links that sign in).

    Outside any cabinet, and for mails with attachments, hands over to MEDIDESK_EMAIL_BACKEND at once.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Plan or hand over; how many were accepted."""
        inside = connection.schema_name not in (None, get_public_schema_name())
        ours = [mail for mail in email_messages if inside and not mail.attachments]
        others = [mail for mail in email_messages if mail not in ours]
        now = clock.now()
        plan_messages([self._plan(mail, to) for mail in ours for to in mail.recipients()], now=now)
        if others:
            get_connection(settings.MEDIDESK_EMAIL_BACKEND or FALLBACK).send_messages(others)
        return len(email_messages)

    @staticmethod
    def _plan(mail: EmailMessage, to: str) -> Plan:
        alternatives = mail.alternatives if isinstance(mail, EmailMultiAlternatives) else []
        html = next((content for content, kind in alternatives if kind == "text/html"), "")
        body = str(mail.body)
        return Plan(
            kind="account", channel=Channel.EMAIL, due_at=clock.now(), to=to, subject=str(mail.subject), text=body, html=str(html),
            secret=True,
        )  # fmt: skip
