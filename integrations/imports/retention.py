"""How long the text of an imported file is kept: as long as the import may be taken back, a draft not even that long."""

from datetime import datetime, timedelta

from django.db.models import Q

from integrations.imports.runs import AWAITING_WORK, UNDONE_WITHIN
from integrations.models.imports import ImportRun, ImportState

DRAFT_KEPT = timedelta(days=7)


def forget_files(now: datetime) -> int:
    """Erase the text of old files, with what says who is who in them; what became of each line stays, without a name. Answers how many."""
    over = Q(created_at__lt=now - UNDONE_WITHIN) | Q(created_at__lt=now - DRAFT_KEPT, state__in=(ImportState.DRAFT, ImportState.CHECKED))
    return (
        ImportRun.objects.filter(over, forgotten_at=None)
        .exclude(state__in=AWAITING_WORK)
        .update(sealed=b"", file_name="", mapping={}, forgotten_at=now)
    )
