"""How long what came in and went out is kept: long enough to recognise late repeats and to answer questions, no longer."""

from datetime import datetime, timedelta

from integrations.models import InboundEvent, InboundState, OutboundChange, OutboundState

KEPT = timedelta(days=90)
TO_SETTLE = (InboundState.RECEIVED, InboundState.UNMAPPED)


def forget_settled(now: datetime) -> None:
    """Remove events and changes that were settled long ago; what awaits a person stays."""
    InboundEvent.objects.filter(received_at__lt=now - KEPT).exclude(state__in=TO_SETTLE).delete()
    OutboundChange.objects.filter(state__in=(OutboundState.DONE, OutboundState.DROPPED), finished_at__lt=now - KEPT).delete()
