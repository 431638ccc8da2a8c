"""« Pourquoi pas cette heure ? »: for each reason that a practitioner offers, what refuses one minute, to whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agenda.calendar.wall_time import epoch_minute
from agenda.free_times.busy import read_busy
from agenda.free_times.counted_visits import read_counted
from agenda.free_times.examination import around, examine
from agenda.free_times.openings import Visitor
from agenda.free_times.patient_history import is_known
from agenda.free_times.rooms import rooms_needed
from agenda.free_times.rules import Refusal
from agenda.free_times.schedule import current_schedule
from agenda.models import Practitioner, VisitReason
from patients.models import Patient

CHANNELS = {"website": gettext_lazy("en ligne"), "partner": gettext_lazy("par un partenaire"), "phone": gettext_lazy("par téléphone")}


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom the minute is asked."""

    words: str
    visitor: Visitor


@dataclass(frozen=True, slots=True)
class Answer:
    """What one asker is told: every rule that refuses, in order. The staff may pass over warnings, and insist on others."""

    asker: Asker
    refusals: tuple[Refusal, ...]

    @property
    def verdict(self) -> str:
        """`free`, `warned`, `insist` or `refused`."""
        severities = {one.severity for one in self.refusals}
        return next((word for word, one in _VERDICTS if one in severities), "free")

    @property
    def first(self) -> Refusal | None:
        """The rule that answers: for the staff the first that is more than a warning, if there is one."""
        return next((one for one in self.refusals if one.severity != "warn"), next(iter(self.refusals), None))


_VERDICTS = (("refused", "refuse"), ("insist", "insist"), ("warned", "warn"))


@dataclass(frozen=True, slots=True)
class ReasonAnswers:
    """One reason, and what each asker is told about it."""

    reason: VisitReason
    answers: tuple[Answer, ...]


def askers(now: datetime, *, channel: str = "website", patient: Patient | None = None) -> list[Asker]:
    """One patient, or a new one and a known one, through that channel; and the cabinet itself."""
    words = str(CHANNELS[channel])
    staff = Visitor(status="known", staff=True, channel="phone", patient_id=patient.pk if patient else None)
    if patient is not None:
        known = is_known(patient.pk, now)
        one = Visitor(status="known" if known else "new", channel=channel, patient_id=patient.pk)
        return [Asker(f"{patient.name}, {words}", one), Asker(_("Le cabinet"), staff)]
    return [
        Asker(_("Un nouveau patient, %(channel)s") % {"channel": words}, Visitor(channel=channel)),
        Asker(_("Un patient connu, %(channel)s") % {"channel": words}, Visitor(status="known", channel=channel)),
        Asker(_("Le cabinet"), staff),
    ]


def explain_minute(
    practitioner: Practitioner, reasons: Sequence[VisitReason], start: datetime, now: datetime, asking: Sequence[Asker]
) -> list[ReasonAnswers]:
    """What each asker is told of each reason. Who is there is read once for all of them."""
    schedule = current_schedule()
    plans = [schedule.reasons[one.pk] for one in reasons if one.pk in schedule.reasons]
    rooms = {room for plan in plans for room in rooms_needed(schedule, plan, schedule.postal_codes)}
    window = around(epoch_minute(start))
    busy = read_busy([practitioner.pk, *rooms], window, now)
    counted = read_counted([practitioner.pk], window, now)[practitioner.pk] if schedule.quotas.get(practitioner.pk) else []

    def answer(reason: VisitReason, asker: Asker) -> Answer:
        verdict = examine(schedule, reason.pk, practitioner.pk, start, now, asker.visitor, busy=busy, counted=counted)
        return Answer(asker, tuple(verdict.refusals))

    return [ReasonAnswers(one, tuple(answer(one, asker) for asker in asking)) for one in reasons if one.pk in schedule.reasons]
