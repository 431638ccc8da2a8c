"""Messages out."""

from importlib import import_module

from django.apps import AppConfig

from medidesk.due.registry import register_work

WORK = "messages"  # the kinds of due work that this app's pointers carry
INCOMING = "incoming-sms"


class MessagingConfig(AppConfig):
    """E-mails and SMS out, and their ledger."""

    name = "medidesk.messaging"
    verbose_name = "Messages"

    def ready(self) -> None:
        """Say which task sends what is due, and which listens to what came in; check the providers' settings at start-up."""
        register_work(WORK, "medidesk.messaging.tasks.send_due_messages")
        register_work(INCOMING, "medidesk.messaging.tasks.listen_to_incoming")
        import_module("medidesk.messaging.checks")
