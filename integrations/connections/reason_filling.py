"""Visits to come that had no reason, because theirs was not related yet, get it once it is."""

from collections.abc import Collection
from datetime import datetime

from agenda.actors import Actor
from agenda.models import Status
from agenda.scheduling import reschedule_import
from integrations.models import Connection, ExternalReference, Kind


def fill_reasons(connection: Connection, theirs: Collection[str], *, actor: Actor, now: datetime) -> int:
    """Give them the reasons that these of the platform are related to, as the act of whoever related them; answers how many visits."""
    if not theirs or not connection.reasons:
        return 0
    ours = dict(connection.reason_mappings.filter(external_id__in=theirs).values_list("external_id", "visit_reason_id"))
    twins = ExternalReference.objects.standing().filter(connection=connection, kind=Kind.VISIT, ours=False, content__reason__in=list(ours))
    coming = twins.filter(
        appointment__visit_reason=None, appointment__end__gt=now, appointment__status__in=(Status.REQUESTED, Status.CONFIRMED)
    )
    visits = list(
        coming.order_by("appointment_id").values_list("appointment_id", "appointment__start", "appointment__end", "content__reason")
    )
    for visit, start, end, reason in visits:
        reschedule_import(
            appointment_id=visit, start=start, end=end, visit_reason_id=ours[reason], actor=actor, origin=connection.origin, now=now
        )
    return len(visits)
