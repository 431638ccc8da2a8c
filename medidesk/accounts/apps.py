"""The people who sign in, one set per cabinet; the shared schema's set is the operators'."""

from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, roles, who may call what."""

    name = "medidesk.accounts"
    verbose_name = "Comptes"

    def ready(self) -> None:
        """Listen to sign-ins."""
        import_module("medidesk.accounts.receivers")
