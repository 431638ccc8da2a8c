"""A time closed on a platform, moved where the platform can do that, and opened again."""

from dataclasses import replace

from django.db import transaction

from integrations.errors import Taken
from integrations.incoming.references import place
from integrations.models import ExternalReference, Kind, OutboundState
from integrations.outgoing import outbox
from integrations.outgoing.making_way import MakingWay
from integrations.speaking.base import Capability
from integrations.speaking.vocabulary import PlatformBusy
from medidesk import clock


class ClosingTimes(MakingWay):
    """The part of a delivery that is about closed times."""

    def _close(self, wanted: PlatformBusy | None, closed: list[ExternalReference]) -> OutboundState:
        """The time closed as wanted: the new one first, then the old ones opened."""
        if wanted is None:
            self._open(closed)
            return OutboundState.DONE
        kept = [each for each in closed if place(each.content) == place(wanted.content())] or self._moved(wanted, closed)
        state = OutboundState.DONE if kept else self._create_busy(wanted)
        self._open([each for each in closed if each not in kept[:1]])
        return state

    def _moved(self, wanted: PlatformBusy, closed: list[ExternalReference]) -> list[ExternalReference]:
        """What closed another time and closes the wanted one now; nothing where the platform cannot do that, or has none left."""
        if Capability.MOVE_BUSY not in self.connector.capabilities:
            return []
        for reference in [each for each in closed if each.content.get("practitioner") == wanted.practitioner]:
            wanted = replace(wanted, client_reference=reference.content.get("reference") or wanted.client_reference)
            operation = self._about_to_write(Kind.BUSY, wanted)
            answer = self.connector.move_busy(reference.external_id, wanted, operation)
            if answer is not None:
                self._remember_busy(answer)
                return [reference]
            self._clear_doubt(None)
        return []

    def _create_busy(self, wanted: PlatformBusy) -> OutboundState:
        operation = self._about_to_write(Kind.BUSY, wanted, creates=True)
        try:
            answer = self.connector.create_busy(wanted, operation)
        except Taken:
            return self._taken(wanted, None)
        self._remember_busy(answer)
        return OutboundState.DONE

    @transaction.atomic
    def _remember_busy(self, answer: PlatformBusy) -> None:
        row = outbox.held(self.change)
        whose = {"hold_id": row.subject} if row.is_hold else {"appointment_id": row.subject}
        ExternalReference.objects.update_or_create(
            connection=self.connection,
            kind=Kind.BUSY,
            external_id=answer.external_id,
            defaults={**whose, "ours": True, "content": _closed(answer), "gone_at": None},
        )
        self._certain(row)

    def _open(self, closed: list[ExternalReference]) -> None:
        for reference in closed:
            self._renew()
            self.connector.delete_busy(reference.external_id, self._operation("open", reference.external_id))
            ExternalReference.objects.filter(pk=reference.pk).update(gone_at=clock.now())


def _closed(busy: PlatformBusy) -> dict[str, str]:
    """A closed time with the reference it was given, which is the hold's when a visit came of it."""
    return {**busy.content(), "reference": busy.client_reference}
