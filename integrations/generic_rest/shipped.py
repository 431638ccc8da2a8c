"""The descriptions that come with the project, a JSON file each. What is in them is to be checked with the platform (docs/platforms)."""

from pathlib import Path

from integrations.generic_rest.connector import GenericRestConnector
from integrations.generic_rest.understanding import understand

WIRES = Path(__file__).parent / "wires"


def shipped_text(platform: str) -> str:
    """The description of a platform as it comes."""
    return (WIRES / f"{platform}.json").read_text(encoding="utf-8")


class ClickdocConnector(GenericRestConnector):
    """ClickDoc: cursors, minutes, revisions, an identifier for each request."""

    slug = "clickdoc"
    wire_text = shipped_text("clickdoc")
    described = understand(wire_text)


class DocorgaConnector(GenericRestConnector):
    """Docorga: numbered pages, wall time with an end."""

    slug = "docorga"
    wire_text = shipped_text("docorga")
    described = understand(wire_text)


class MedoucineConnector(GenericRestConnector):
    """Medoucine: asked every minute, told which times are closed, and nothing else."""

    slug = "medoucine"
    wire_text = shipped_text("medoucine")
    described = understand(wire_text)
