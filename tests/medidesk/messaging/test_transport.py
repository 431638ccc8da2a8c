"""E-mails through a Django mail backend."""

from smtplib import SMTPRecipientsRefused, SMTPResponseException
from uuid import UUID

import pytest
from django.core.mail.backends.base import BaseEmailBackend

from medidesk.messaging.errors import ProviderRefused, ProviderUnavailable
from medidesk.messaging.providers import Parcel
from medidesk.messaging.providers.console import ConsoleProvider
from medidesk.messaging.providers.transport import TransportProvider

PARCEL = Parcel(UUID(int=7), "email", "nour@patients.example", "Bonjour", "Rappel", "<p>Bonjour</p>")


class BrokenServer(BaseEmailBackend):
    """A mail server that answers with an error."""

    error: Exception = OSError()

    def send_messages(self, email_messages):
        """Refuse."""
        raise BrokenServer.error


def test_transport_sends_text_and_html_under_the_operation_id(settings, mailoutbox):
    settings.MEDIDESK_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    provider_id = TransportProvider().send(PARCEL)

    [mail] = mailoutbox
    assert (mail.to, mail.subject, mail.body) == (["nour@patients.example"], "Rappel", "Bonjour")
    assert mail.alternatives == [("<p>Bonjour</p>", "text/html")]
    assert mail.message()["Message-ID"] == provider_id == "<00000000-0000-0000-0000-000000000007@medidesk.example>"
    assert mail.message()["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (SMTPRecipientsRefused({}), ProviderRefused),
        (SMTPResponseException(550, b"no such box"), ProviderRefused),
        (SMTPResponseException(450, b"later"), ProviderUnavailable),
        (ConnectionRefusedError(), ProviderUnavailable),
        (TimeoutError(), ProviderUnavailable),
    ],
)
def test_transport_tells_what_may_be_tried_again(settings, monkeypatch, error, raised):
    settings.MEDIDESK_EMAIL_BACKEND = f"{__name__}.BrokenServer"
    monkeypatch.setattr(BrokenServer, "error", error)

    with pytest.raises(raised):
        TransportProvider().send(PARCEL)


def test_console_prints_the_message(capsys):
    ConsoleProvider().send(PARCEL)

    assert capsys.readouterr().out == "--- email → nour@patients.example\nRappel\nBonjour\n---\n"
