"""Messages out."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """E-mails and SMS out, and their ledger."""

    name = "medidesk.messaging"
    verbose_name = "Messages"
