"""Other diaries and services."""

from importlib import import_module

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Connections with other diaries."""

    name = "integrations"
    verbose_name = "Connexions"

    def ready(self) -> None:
        """Make the platforms known to the diary as sources, and offer it twins, tasks and lamps."""
        from agenda.external import register_link_finder, register_links_provider
        from agenda.sources import register_source
        from agenda.worklist import register_lamps_provider, register_tasks_provider
        from integrations import health, links
        from medidesk.due.registry import register_work

        import_module("integrations.receivers")
        for slug, label, badge in SOURCES:
            register_source(slug, label, badge)
        register_links_provider(links.links_of)
        register_link_finder(links.visits_with)
        register_tasks_provider(health.tasks)
        register_lamps_provider(health.lamps)
        for kind, task in WORK.items():
            register_work(kind, f"integrations.tasks.{task}")


SOURCES = [
    ("doctolib", "Doctolib", "D"),
    ("maiia", "Maiia", "Ma"),
    ("keldoc", "Keldoc", "K"),
    ("clickdoc", "ClickDoc", "C"),
    ("docorga", "Docorga", "Do"),
    ("medoucine", "Medoucine", "Me"),
    ("ics", "iCalendar", "I"),
]
WORK = {"outbox": "deliver_outbox", "inbox": "apply_inbox", "pull": "pull_connections", "reconcile": "reconcile_connections"}
