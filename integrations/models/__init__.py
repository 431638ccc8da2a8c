"""What the cabinet knows of other diaries."""

from integrations.calendar_feed.models import CalendarFeed
from integrations.models.act import ActKind, ConnectionAct
from integrations.models.closed_absence import ClosedAbsence
from integrations.models.conflict import FieldConflict
from integrations.models.connection import Connection, Mode, PractitionerMapping, ReasonMapping, Reminds, WebhookSecret
from integrations.models.decision import LeftAlone, There
from integrations.models.imports import ImportKind, ImportLine, ImportRun, ImportState, Outcome
from integrations.models.queues import InboundEvent, InboundState, OutboundChange, OutboundState
from integrations.models.reference import ExternalReference, Kind
from integrations.models.site_mapping import SiteMapping
from integrations.partners.models import ApiKey, KeptAnswer

__all__ = [
    "ActKind", "ApiKey", "CalendarFeed", "ClosedAbsence", "Connection", "ConnectionAct", "ExternalReference", "FieldConflict",
    "ImportKind", "ImportLine", "ImportRun", "ImportState", "InboundEvent", "InboundState", "KeptAnswer", "Kind", "LeftAlone", "Mode",
    "OutboundChange", "OutboundState", "Outcome", "PractitionerMapping", "ReasonMapping", "Reminds", "SiteMapping", "There",
    "WebhookSecret",
]  # fmt: skip
