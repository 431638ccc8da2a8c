"""Other diaries and services."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    """Connections with other diaries."""

    name = "integrations"
    verbose_name = "Connexions"

    def ready(self) -> None:
        """Make the platforms known to the diary as sources, and offer it twins, tasks and lamps."""
        from agenda.external import register_link_finder, register_links_provider
        from agenda.reminders import register_reminding
        from agenda.sources import register_source
        from agenda.worklist import register_lamps_provider, register_tasks_provider
        from integrations.connections import health, reminding
        from integrations.incoming import links
        from integrations.speaking.registry import PLATFORMS
        from medidesk.due.registry import register_work

        import_module("integrations.receivers")
        for platform in PLATFORMS:
            register_source(platform.slug, platform.label, platform.badge)
            register_reminding(platform.slug, reminding.cabinet_reminds_of_import)
        register_source("import", _("Import de fichier"), "Im")
        register_links_provider(links.links_of)
        register_link_finder(links.visits_with)
        register_tasks_provider(health.tasks)
        register_lamps_provider(health.lamps)
        for kind, task in WORK.items():
            register_work(kind, f"integrations.tasks.{task}")


WORK = {
    "outbox": "deliver_outbox", "inbox": "apply_inbox", "pull": "pull_connections", "reconcile": "reconcile_connections",
    "import": "work_on_imports",
}  # fmt: skip
