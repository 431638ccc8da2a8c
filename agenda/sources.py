"""Where visits come from. Others register theirs at start-up: the diary knows no platform by name."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Source:
    """A provenance: how screens show it, and through which channel of the hours it books."""

    slug: str
    label: str
    badge: str
    channel: str
    icon: str | None = None


_SOURCES: dict[str, Source] = {}


def register_source(slug: str, label: str, badge: str, channel: str = "platform", icon: str | None = None) -> None:
    """Make a source known; registering again replaces it."""
    _SOURCES[slug] = Source(slug, label, badge, channel, icon)


def source(slug: str) -> Source:
    """The source of that slug; an unknown one is shown under its own name, as a platform."""
    return _SOURCES.get(slug) or Source(slug, slug, slug[:2].capitalize(), "platform")


def sources() -> list[Source]:
    """All of them, in the order of registration."""
    return list(_SOURCES.values())


register_source("website", "MediDesk.fr", "M", "website")
register_source("phone", _("Téléphone"), "T", "phone", "phone")
register_source("walk_in", _("Sans RDV"), "S", "phone", "footprints")
register_source("telesecretariat", _("Télésecrétariat"), "Ts", "phone")
register_source("partner", _("Partenaire"), "P", "partner")
register_source("sas", "SAS", "SA", "partner")
