"""Series over REST: look, book with a report, add, end the rest."""

from typing import Any

from django.utils.translation import gettext as _

from agenda.api.appointments import actor_of, motive_of, source_of
from agenda.free_times.rules import Refusal
from agenda.models import Series, SeriesOccurrence
from agenda.series.booking import Reported, add_occurrence, book_series
from agenda.series.ending import cancel_rest
from agenda.series.patterns import Pattern, starts_of
from agenda.series.planning import Prospect, plan_series
from agenda.series.wishes import Wish
from medidesk.api.doors import Answer, Call, path_id
from medidesk.api.fields import Flaw
from medidesk.api.paging import page
from medidesk.api.problems import ApiError, Invalid, not_found
from medidesk.cabinets.current import current_zone
from medidesk.errors import MediDeskError

_READ = ("occurrences__appointment",)


class SeriesRefused(ApiError):
    """What refused a series, with a flaw for each occurrence concerned."""

    def __init__(self, error: MediDeskError, flaws: list[Flaw]) -> None:
        super().__init__(error.status, error.code, error.message)
        self.flaws = flaws


def find(call: Call) -> Series:
    """The series that the path names."""
    series = Series.objects.prefetch_related(*_READ).filter(pk=path_id(call)).first()
    if series is None:
        raise not_found()
    return series


def list_series(call: Call) -> Answer:
    """One page."""
    rows = Series.objects.prefetch_related(*_READ)
    for name in ("patient", "practitioner"):
        if call.query[name]:
            rows = rows.filter(**{f"{name}_id": call.query[name]})
    return page(call, rows, lambda those: [_shown(one) for one in those])


def get_series(call: Call) -> Answer:
    """One series with what became of each time."""
    return Answer.json(_shown(call.subject), version=call.subject.version)


def book(call: Call) -> Answer:
    """A new series and its report; `dry_run`: what it would be."""
    insist, source, pattern = motive_of(call), source_of(call), _pattern(call.body)
    wish = _wish(call.body, pattern, insist)
    if call.body["dry_run"]:
        found = plan_series(wish, actor=actor_of(call), source=source, now=call.now)
        return Answer.json({"dry_run": True, "occurrences": [_prospect(one) for one in found]})
    stored = {**pattern.stored, "time": f"{pattern.minute // 60:02d}:{pattern.minute % 60:02d}"} if pattern else None
    try:
        booked = book_series(wish, actor=actor_of(call), source=source, now=call.now, whole=call.body["whole"], pattern=stored)
    except MediDeskError as error:
        raise _every_refusal(error) from None
    series = booked.series
    shown = {**_head(series), "occurrences": [_reported(one) for one in booked.report]}
    return Answer.json(shown, 201, version=series.version, location=f"/api/v1/series/{series.id}")


def add(call: Call) -> Answer:
    """One more visit at the end of the series."""
    added = add_occurrence(series_id=call.subject.id, start=call.body["start"], actor=actor_of(call), now=call.now, insist=motive_of(call))
    return Answer.json(_reported(added), 201)


def cancel(call: Call) -> Answer:
    """The series, its visits to come cancelled."""
    cancel_rest(series_id=call.subject.id, actor=actor_of(call), now=call.now, **call.body)
    series = find(call)
    return Answer.json(_shown(series), 201, version=series.version)


def _pattern(body: dict[str, Any]) -> Pattern | None:
    """How the times are said; exactly one of pattern and starts."""
    said, starts = body["pattern"], body["starts"]
    if (said is None) == (starts is None):
        code = "required" if said is None else "pattern-twice"
        raise Invalid([Flaw("/pattern", code, _("Donnez pattern ou starts, l’un des deux."))])
    if said is None:
        return None
    return Pattern(said["from"], tuple(said["weekdays"]), said["time"], said["count"], said["every_n_weeks"])


def _wish(body: dict[str, Any], pattern: Pattern | None, insist: str | None) -> Wish:
    return Wish(
        patient_id=body["patient"], visit_reason_id=body["visit_reason"], practitioner_id=body["practitioner"], site_id=body["site"],
        starts=starts_of(pattern, current_zone()) if pattern else body["starts"], insist=insist, on_existing=body["on_existing"],
    )  # fmt: skip


def _every_refusal(error: MediDeskError) -> MediDeskError:
    """The refusal of a series with a flaw for each occurrence that was refused."""
    told = [one for one in error.facts.get("occurrences", ()) if one["outcome"] != "booked"]
    if told:
        flaws = [Flaw(f"/occurrences/{one['number'] - 1}", one["outcome"], one["detail"]) for one in told]
        return SeriesRefused(error, flaws)
    return error


def _head(series: Series) -> dict[str, Any]:
    return {
        "id": series.id, "version": series.version, "patient": series.patient_id, "visit_reason": series.visit_reason_id,
        "practitioner": series.practitioner_id, "site": series.site_id, "pattern": series.pattern or None, "source": series.source,
        "booked_by": series.booked_by, "created_at": series.created_at, "updated_at": series.updated_at,
    }  # fmt: skip


def _shown(series: Series) -> dict[str, Any]:
    return {**_head(series), "occurrences": [_occurrence(one) for one in series.occurrences.all()]}


def _occurrence(one: SeriesOccurrence) -> dict[str, Any]:
    zone, visit = current_zone(), one.appointment
    return {
        "number": one.number, "wanted": one.wanted.astimezone(zone), "outcome": one.outcome, "detail": one.detail,
        "appointment": one.appointment_id, "start": visit and visit.start.astimezone(zone), "status": visit and visit.status,
    }  # fmt: skip


def _reported(one: Reported) -> dict[str, Any]:
    return {**_occurrence(one.occurrence), "warnings": _told(one.warnings)}


def _prospect(one: Prospect) -> dict[str, Any]:
    zone = current_zone()
    return {
        "number": one.number, "wanted": one.start.astimezone(zone), "bookable": one.bookable, "refusals": _told(one.in_the_way),
        "warnings": _told(one.warnings) if one.bookable else [], "alternatives": [start.astimezone(zone) for start in one.alternatives],
    }  # fmt: skip


def _told(refusals: Any) -> list[dict[str, str]]:
    those: list[Refusal] = list(refusals)
    return [{"code": one.code, "detail": one.detail} for one in those]
