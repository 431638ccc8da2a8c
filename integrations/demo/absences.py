"""An absence that somebody has begun to announce, ready to be looked at and sent."""

from datetime import datetime, time, timedelta

from agenda.mass_absence import Scope, prepare
from agenda.models import Practitioner
from integrations.demo.visits import STAFF, Filling

IN_DAYS = 7


def begin_absence(filling: Filling, practitioner: Practitioner) -> None:
    """The next Thursday a week from now, away all day for a training: a draft with its visits, nothing closed, nobody told."""
    today = filling.now.astimezone(filling.zone).date()
    day = today + timedelta(days=IN_DAYS + (3 - today.weekday()) % 7)
    start = datetime.combine(day, time.min, tzinfo=filling.zone)
    scope = Scope(practitioner.id, None, start, start + timedelta(days=1), "Formation")
    prepare(scope, actor=STAFF, now=filling.now)
