"""Who is who on a platform: what is kept, what is proposed, how much of what comes is covered."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Count

from agenda.models import Practitioner, Site, VisitReason
from integrations.connections.likeness import Named, Proposal, propose
from integrations.connections.their_lists import TheirLists
from integrations.errors import NotUnderstood
from integrations.models import ActKind, Connection, ExternalReference, InboundState, Kind, There
from integrations.speaking.registry import connector_of
from medidesk.cabinets.current import current_zone

MOST_EVENTS_READ = 500


@dataclass(frozen=True, slots=True)
class Pair:
    """One of theirs: which of ours it is (kept, or proposed and not yet kept), and how much came from it."""

    there: Named
    ours: UUID | None
    is_kept: bool
    proposal: Proposal | None
    proposed_name: str
    count: int
    is_gone: bool = False
    is_left: bool = False

    @property
    def is_decided(self) -> bool:
        """Related, or left alone on purpose."""
        return self.is_kept or self.is_left


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of theirs are related or `left` alone, and what share of the visits received that is; `share` is None before any came."""

    related: int
    left: int
    total: int
    share: float | None


@dataclass(frozen=True, slots=True)
class MappingPage:
    """The whole page. `waiting`: events that wait for a practitioner to be related."""

    practitioners: Sequence[Pair]
    reasons: Sequence[Pair]
    sites: Sequence[Pair]
    our_sites: Sequence[Named]
    sites_covered: Coverage
    our_practitioners: Sequence[Named]
    our_reasons: Sequence[Named]
    people_covered: Coverage
    reasons_covered: Coverage
    waiting: int


def mapping_page(connection: Connection, lists: TheirLists) -> MappingPage:
    """Their lists beside ours; proposals are chosen beforehand until the owner has saved once."""
    people = [Named(str(one.pk), one.name) for one in Practitioner.objects.filter(deleted_at=None)]
    reasons = [Named(str(one.pk), one.name, one.duration_minutes) for one in VisitReason.objects.filter(deleted_at=None)]
    known_people = dict(connection.practitioners.values_list("external_id", "practitioner_id"))
    known_reasons = dict(connection.reason_mappings.values_list("external_id", "visit_reason_id"))
    is_first = not connection.acts.filter(kind=ActKind.MAPPED).exists()
    waiting, received = _waiting(connection), _received(connection)
    left = set(connection.left_alone.values_list("kind", "external_id"))
    people_pairs = _pairs(lists.practitioners, people, known_people, waiting, once=True, is_first=is_first)
    people_pairs = _leave(people_pairs, There.PRACTITIONER, left)
    reason_pairs = _pairs(lists.reasons, reasons, known_reasons, received, once=False, is_first=is_first)
    reason_pairs = _leave(reason_pairs, There.REASON, left)
    sites = [Named(str(one.pk), one.name) for one in Site.objects.filter(deleted_at=None)]
    came_from = _received(connection, "site")
    known_sites = dict(connection.site_mappings.values_list("external_id", "site_id"))
    seen = [Named(one, one) for one in sorted({*came_from, *known_sites})]
    site_pairs = _leave(_pairs(seen, sites, known_sites, came_from, once=False, is_first=is_first), There.SITE, left)
    return MappingPage(
        sites=site_pairs,
        our_sites=sites,
        sites_covered=_coverage(site_pairs, came_from),
        practitioners=people_pairs,
        reasons=reason_pairs,
        our_practitioners=people,
        our_reasons=reasons,
        people_covered=_coverage(people_pairs, {}),
        reasons_covered=_coverage(reason_pairs, received),
        waiting=connection.events.filter(state=InboundState.UNMAPPED).count(),
    )


def _pairs(
    theirs: Sequence[Named], ours: Sequence[Named], known: Mapping[str, UUID], counts: Mapping[str, int], *, once: bool, is_first: bool
) -> list[Pair]:
    names = {one.id: one.name for one in ours}
    taken = {str(one) for one in known.values()}
    free = [one for one in ours if not (once and one.id in taken)]
    proposals = propose(free, [one for one in theirs if one.id not in known], once=once)
    pairs = []
    for there in theirs:
        kept, proposal = known.get(there.id), proposals.get(there.id)
        chosen = kept or (proposal.ours if proposal and is_first else None)
        name = names[str(proposal.ours)] if proposal else ""
        pairs.append(Pair(there, chosen, kept is not None, proposal, name, counts.get(there.id, 0)))
    there_now = {one.id for one in theirs}
    gone = [external_id for external_id in known if external_id not in there_now]
    return pairs + [Pair(Named(one, one), known[one], True, None, "", counts.get(one, 0), is_gone=True) for one in sorted(gone)]


def _leave(pairs: list[Pair], kind: There, left: Collection[tuple[str, str]]) -> list[Pair]:
    """The same, those marked that are left alone."""
    return [replace(pair, is_left=True, ours=None) if (kind, pair.there.id) in left and not pair.is_kept else pair for pair in pairs]


def _coverage(pairs: Sequence[Pair], received: Mapping[str, int]) -> Coverage:
    standing = [pair for pair in pairs if not pair.is_gone]
    total = sum(received.values())
    covered = sum(received.get(pair.there.id, 0) for pair in pairs if pair.is_decided)
    left = sum(pair.is_left for pair in standing)
    return Coverage(sum(pair.is_kept for pair in standing), left, len(standing), 100 * covered / total if total else None)


def _received(connection: Connection, what: str = "reason") -> dict[str, int]:
    """How many visits came for each of their reasons, or sites."""
    twins = ExternalReference.objects.filter(connection=connection, kind=Kind.VISIT, ours=False, replaced_by=None).order_by()
    counted = twins.values_list(f"content__{what}").annotate(Count("id"))
    return {reason: count for reason, count in counted if reason}


def _waiting(connection: Connection) -> Counter[str]:
    """How many events wait for each of their practitioners."""
    kind, zone = connector_of(connection), current_zone()
    found: Counter[str] = Counter()
    for raw in connection.events.filter(state=InboundState.UNMAPPED).order_by("-id").values_list("raw", flat=True)[:MOST_EVENTS_READ]:
        try:
            event = kind.read_event(bytes(raw), zone)
        except NotUnderstood:
            continue
        if event is not None:
            found[event.visit.practitioner] += 1
    return found
