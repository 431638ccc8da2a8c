"""What Django and allauth mail goes through the ledger."""

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail

from medidesk.messaging.checks import check_providers
from medidesk.messaging.models import Message


@pytest.fixture(autouse=True)
def _door(settings):
    """The door of production; elsewhere mails are kept in memory."""
    settings.EMAIL_BACKEND = "medidesk.messaging.backends.LedgerEmailBackend"
    settings.MEDIDESK_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def test_mail_in_a_cabinet_is_planned_once_per_receiver(cabinet, mailoutbox):
    mail = EmailMultiAlternatives("Votre code", "123456", to=["nour@patients.example", "alma@tourcoing.example"])
    mail.attach_alternative("<p>123456</p>", "text/html")

    assert mail.send() == 1

    assert list(Message.objects.order_by("to").values_list("to", "subject", "text", "html", "secret", "kind")) == [
        ("alma@tourcoing.example", "Votre code", "123456", "<p>123456</p>", True, "account"),
        ("nour@patients.example", "Votre code", "123456", "<p>123456</p>", True, "account"),
    ]
    assert mailoutbox == []


def test_mail_on_the_public_host_is_handed_over(db, mailoutbox):
    send_mail("Alerte", "La file est longue.", None, ["exploitation@medidesk.example"])

    assert [mail.subject for mail in mailoutbox] == ["Alerte"]


def test_mail_with_an_attachment_is_handed_over(cabinet, mailoutbox):
    mail = EmailMessage("Agenda", "Voici.", to=["nour@patients.example"])
    mail.attach("rendez-vous.ics", b"BEGIN:VCALENDAR", "text/calendar")

    mail.send()

    assert ([mail.subject for mail in mailoutbox], Message.objects.count()) == (["Agenda"], 0)


def test_check_providers_refuses_a_provider_that_does_not_exist(settings):
    settings.MEDIDESK_SMS_PROVIDER = "pigeon"

    assert [found.id for found in check_providers()] == ["messaging.E001"]


def test_check_providers_warns_that_the_outbox_reaches_nobody(settings):
    settings.MEDIDESK_DEV_PAGES = False

    assert [found.id for found in check_providers()] == ["messaging.W001", "messaging.W001"]
