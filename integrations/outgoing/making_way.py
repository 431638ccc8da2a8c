"""A time refused as taken: by somebody there, which a person decides, or by what is ours there and waits to leave it, which goes first.

Where that leads back to the visit itself (visits that exchange their times, in a ring of any length), one of them stands aside on
the platform for a moment, in a free time of the same agenda: it keeps its id, its patient and its place in the patient's account
throughout. One that cannot go on from there goes back to where it stood.
"""

import uuid
from abc import abstractmethod
from itertools import islice

from django.utils.translation import gettext as _

from integrations.errors import ConnectorError, KeyRefused, Outdated, Refused, Taken, Unavailable
from integrations.incoming.applying import News, apply_news
from integrations.incoming.references import ASIDE, is_aside, known_twins, place
from integrations.models import ExternalReference, Kind, OutboundChange, OutboundState
from integrations.outgoing import outbox
from integrations.outgoing.noted_writes import NotedWrites
from integrations.outgoing.standing_aside import former_place, times_aside, who_leaves
from integrations.speaking.base import Connector
from integrations.speaking.registry import label_of
from integrations.speaking.vocabulary import PlatformBusy, PlatformVisit, VisitStatus, visit_content
from medidesk import clock

MOST_TIMES_TRIED = 4


class MustWait(Exception):
    """Somebody else has to be delivered first: the row's turn comes again, at once when it `stood_aside`."""

    def __init__(self, *, stood_aside: bool = False) -> None:
        super().__init__()
        self.stood_aside = stood_aside


class InACircle(Exception):
    """The way leads back to one that is being delivered, and nobody here can stand aside."""


class MakingWay(NotedWrites):
    """A claimed row that may find its time taken. `above`: whose deliveries wait for this one."""

    def __init__(self, change: OutboundChange, connector: Connector, above: frozenset[uuid.UUID] = frozenset()) -> None:
        super().__init__(change, connector)
        self.above = above
        self.detail = ""
        self.shown: tuple[ExternalReference, PlatformVisit] | None = None

    @abstractmethod
    def run(self) -> OutboundState:
        """Bring the platform into line; answers how it ended."""

    @abstractmethod
    def _remember_visit(self, twin: ExternalReference | None, answer: PlatformVisit) -> None: ...

    def _taken(self, wanted: PlatformVisit | PlatformBusy, moved: ExternalReference | None) -> OutboundState:
        """Read that time and import what is there; a visit there is for a person to decide, anything else closes the time as well.

        Raises Outdated once what stood there and had to leave has left.
        """
        self._clear_doubt(moved)
        found = self.connector.window(wanted.start, wanted.end, wanted.practitioner)
        there = [visit for visit in found.visits if _stands_in(visit, wanted) and (moved is None or visit.external_id != moved.external_id)]
        leaving = who_leaves(self.connection, wanted, self.change.subject, clock.now())
        if leaving and not self._strangers(there, leaving) and self._make_way(leaving):
            raise Outdated
        for visit in there:
            apply_news(News(self.connection, visit, clock.now(), fetched=True))
        if self._go_back() or leaving:
            label = label_of(self.connection.platform)
            self.detail = _("échange d’horaires que %(platform)s n’a pas pu suivre, à régler là-bas") % {"platform": label}
        if there or leaving or moved is not None or isinstance(wanted, PlatformVisit) or not found.complete:
            return OutboundState.BLOCKED
        return OutboundState.DONE

    def _strangers(self, there: list[PlatformVisit], leaving: set[uuid.UUID]) -> bool:
        """Is any of these visits one that has no reason to leave?"""
        twins = known_twins(self.connection, [visit.external_id for visit in there])
        return any(visit.external_id not in twins or twins[visit.external_id].appointment_id not in leaving for visit in there)

    def _make_way(self, leaving: set[uuid.UUID]) -> bool:
        """Let them go first; answers whether any did. Raises MustWait, InACircle."""
        if leaving & self.above:
            if self._stand_aside():
                raise MustWait(stood_aside=True)
            raise InACircle
        try:
            left = [self._send_ahead(subject) for subject in sorted(leaving)]
            return any(left)
        except InACircle:
            if self._stand_aside():
                return True
            if self.above:
                raise
            return False

    def _send_ahead(self, subject: uuid.UUID) -> bool:
        """Deliver what waits for this one; answers whether its time is free now. Raises MustWait, InACircle, Unavailable, KeyRefused."""
        row = outbox.claim_of(self.connection, subject, clock.now())
        if row is None:
            raise MustWait
        ahead = type(self)(row, self.connector, self.above | {self.change.subject})
        try:
            state = ahead.run()
        except MustWait as pause:
            outbox.put_off(row, clock.now(), "")
            if not pause.stood_aside:
                raise
            return True
        except InACircle:
            outbox.settle(row, OutboundState.BLOCKED, clock.now(), ahead.detail)
            raise
        except (Unavailable, KeyRefused) as problem:
            outbox.put_off(row, clock.now() + outbox.wait_before_retry(row.attempts), str(problem))
            raise
        except outbox.LeaseLost as lost:
            raise MustWait from lost
        except ConnectorError as problem:
            outbox.settle(row, OutboundState.DEAD, clock.now(), f"{type(problem).__name__}: {problem}")
            return False
        finally:
            self.connector.wire.reference = str(self.change.subject)
            self._renew()
        outbox.settle(row, state, clock.now(), ahead.detail)
        return state == OutboundState.DONE

    def _stand_aside(self) -> bool:
        """Move the visit that stands there to a free time, for a moment; answers whether that was possible."""
        if self.shown is None or is_aside(self.shown[0]):
            return False
        _twin, current = self.shown
        times = times_aside(self.connection, self.connector, current, clock.now())
        return any(self._put(elsewhere, home=current) for elsewhere in islice(times, MOST_TIMES_TRIED))

    def _go_back(self) -> bool:
        """Move one that stands aside to where it stood, if it still can; answers whether it stood aside."""
        if self.shown is None or not is_aside(self.shown[0]):
            return False
        twin, current = self.shown
        self._put(former_place(twin, current), home=None)
        return True

    def _put(self, wanted: PlatformVisit, *, home: PlatformVisit | None) -> bool:
        assert self.shown is not None
        twin, current = self.shown
        if home is not None:
            there = visit_content(home.practitioner, home.start, home.end, home.status)
            twin.content = {**twin.content, ASIDE: {"at": list(place(wanted.content())), "home": there}}
            ExternalReference.objects.filter(pk=twin.pk).update(content=twin.content)
        self._about_to_write(Kind.VISIT, wanted, twin=twin)
        try:
            answer = self.connector.update_visit(current, wanted, uuid.uuid4())
        except KeyRefused:
            raise
        except (Taken, Refused):
            self._clear_doubt(twin)
            return False
        self._remember_visit(twin, answer)
        outbox.wake_blocked(self.connection, clock.now())
        return True


def _stands_in(visit: PlatformVisit, wanted: PlatformVisit | PlatformBusy) -> bool:
    """Does this visit take some of that time?"""
    same = visit.status != VisitStatus.CANCELLED and visit.practitioner == wanted.practitioner
    return same and visit.start < wanted.end and visit.end > wanted.start
