"""The cabinet's rule about missed visits as plain values, part of the kept schedule."""

from dataclasses import dataclass

from agenda.models import BookingPolicy


@dataclass(frozen=True, slots=True)
class Step:
    """From so many missed visits on: what happens to bookings online, for how many days."""

    missed: int
    closes: bool
    days: int


@dataclass(frozen=True, slots=True)
class MissedVisitsPolicy:
    """`window_days` back, which steps; no steps: there is no such rule."""

    window_days: int = 365
    steps: tuple[Step, ...] = ()

    @property
    def is_on(self) -> bool:
        """Can anything follow from missed visits?"""
        return bool(self.steps)

    def step_for(self, missed: int) -> Step | None:
        """The highest step reached by so many missed visits."""
        return next((step for step in reversed(self.steps) if step.missed <= missed), None)


OFF = MissedVisitsPolicy()


def load_policy() -> MissedVisitsPolicy:
    """The cabinet's rule; one query."""
    row = BookingPolicy.objects.filter(deleted_at=None).values_list("is_on", "window_days", "steps").first()
    if row is None or not row[0]:
        return OFF
    steps = (Step(one["missed"], one["act"] == BookingPolicy.Act.CLOSE, one["days"]) for one in row[2])
    return MissedVisitsPolicy(row[1], tuple(sorted(steps, key=lambda step: step.missed)))
