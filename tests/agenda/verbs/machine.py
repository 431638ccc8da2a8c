"""The verbs and the model side by side: the same act on both, the same answer, the same morning afterwards."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from agenda import scheduling, setup
from agenda.free_times.availability import free_slots
from agenda.free_times.busy import bump_versions
from agenda.free_times.openings import Visitor
from agenda.models import Absence, Appointment, Hold, Occupancy
from agenda.series.booking import book_series
from agenda.series.wishes import Wish
from medidesk.errors import MediDeskError
from tests.agenda.diary import MONDAY, PATIENT, PLATFORM, STAFF, Diary, at, make_hours, make_practitioner, make_reason, make_room
from tests.agenda.verbs.model import CLOSED, DURATION, OPENED, WHO, Morning, Refusal

times = st.integers(OPENED // 10, CLOSED // 10 - 1).map(lambda tens: tens * 10)
askers = st.sampled_from(["patient", "patient", "staff", "insisting"])
anybody = st.sampled_from(WHO)


class Cabinet:
    """Alma and Bob, one device, the two reasons of the model."""

    def __init__(self) -> None:
        self.diary = Diary()
        site, alma = self.diary.site, self.diary.alma
        bob = make_practitioner(site, first_name="Bob", last_name="Ernst")
        make_hours(bob, site)
        self.device = make_room(site, "Échographe", "device")
        self.who = {"alma": alma.id, "bob": bob.id}
        self.names = {practitioner: name for name, practitioner in self.who.items()}
        consultation = make_reason(alma, bob, name="C", buffer_after_minutes=10)
        echography = make_reason(alma, bob, name="E", duration_minutes=20, resource_kinds=["device"], needs_validation=True)
        self.reasons = {"C": consultation.id, "E": echography.id, None: None}


class Agenda(RuleBasedStateMachine):
    """Acts at random; after each one the tables are what the model says."""

    cabinet: Cabinet
    acts = Bundle("visits")

    @initialize()
    def open(self) -> None:
        """An empty morning."""
        for model in (Occupancy, Hold, Appointment, Absence):
            model.objects.all().delete()
        self.model = Morning()
        self.ids: dict[str, UUID] = {}
        self.absences: dict[str, UUID] = {}
        self.swapped: set[str] = set()
        scheduling.expire_holds(now=self.now)
        bump_versions([*self.cabinet.who.values(), self.cabinet.device.id])  # what the verbs do with every change

    @property
    def now(self) -> datetime:
        """The model's time."""
        return at(0) + timedelta(minutes=self.model.now)

    def both(self, verb: Any, act: Any) -> Any:
        """Do it in both worlds; answer what the verb gave. Both refuse with the same code, or neither does."""
        refused = expected = None
        try:
            result = verb()
        except MediDeskError as error:
            result, refused = None, error.code
        try:
            act()
        except Refusal as refusal:
            expected = refusal.args[0]
        assert refused == expected
        return None if refused else result

    def actor(self, asker: str) -> dict[str, Any]:
        """Who asks, as the verbs want it."""
        return {"actor": PATIENT if asker == "patient" else STAFF, "now": self.now}

    @rule(target=acts, who=anybody, reason=st.sampled_from(["C", "E"]), start=times, asker=askers)
    def book(self, who, reason, start, asker):
        name = f"v{len(self.ids)}"
        insist = {"insist": "entre deux"} if asker == "insisting" else {}
        booked = self.both(
            lambda: scheduling.book_appointment(
                visit_reason_id=self.cabinet.reasons[reason], practitioner_id=self.cabinet.who[who], start=_at(start),
                patient_id=self.cabinet.diary.nour.id, source="website" if asker == "patient" else "phone", **insist, **self.actor(asker),
            ),
            lambda: self.model.book(name, who, reason, start, asker),
        )  # fmt: skip
        return self.named(name, booked and booked.appointment.id)

    @rule(target=acts, who=anybody, reason=st.sampled_from(["C", "E"]), start=times)
    def hold_a_time(self, who, reason, start):
        name = f"v{len(self.ids)}"
        hold = self.both(
            lambda: scheduling.hold_slot(
                visit_reason_id=self.cabinet.reasons[reason], practitioner_id=self.cabinet.who[who], start=_at(start), source="website",
                **self.actor("patient"),
            ),
            lambda: self.model.hold(name, who, reason, start),
        )  # fmt: skip
        return self.named(name, hold and hold.id)

    @rule(target=acts, who=anybody, start=times, length=st.sampled_from([20, 30, 45]))
    def import_a_visit(self, who, start, length):
        name = f"v{len(self.ids)}"
        visit = self.both(
            lambda: scheduling.import_visit(
                practitioner_id=self.cabinet.who[who], start=_at(start), end=_at(start + length), actor=PLATFORM, source="doctolib",
                origin="connection:1", now=self.now,
            ),
            lambda: self.model.imported(name, who, start, length),
        )  # fmt: skip
        return self.named(name, visit.id)

    @rule(target=acts, who=anybody, first=times, gap=st.sampled_from([0, 30, 40, 60]))
    def book_a_series(self, who, first, gap):
        names, kept, refused = [f"v{len(self.ids)}", f"v{len(self.ids)}b"], [], []
        starts = [first, first + gap]
        for name, start in zip(names, starts, strict=True):
            try:
                self.model.book(name, who, "C", start, "staff")
                kept.append((name, start))
            except Refusal as refusal:
                refused.append(refusal.args[0])
        wish = Wish(
            patient_id=self.cabinet.diary.nour.id, visit_reason_id=self.cabinet.reasons["C"], practitioner_id=self.cabinet.who[who],
            starts=[_at(start) for start in starts],
        )  # fmt: skip
        try:
            report = book_series(wish, source="phone", **self.actor("staff")).report
        except MediDeskError as error:
            assert (kept, error.code) == ([], refused[0])
            return multiple()
        booked = [one.occurrence.appointment for one in report if one.occurrence.appointment]
        assert [visit.start for visit in booked] == [_at(start) for _, start in kept]
        self.ids.update({name: visit.id for (name, _), visit in zip(kept, booked, strict=True)})
        return multiple(*(name for name, _ in kept))

    @rule(name=acts)
    def confirm_a_hold(self, name):
        if name in self.model.visits and self.model.visits[name].status != "held":
            return
        booked = self.both(
            lambda: scheduling.book_appointment(
                hold_id=self.ids[name], patient_id=self.cabinet.diary.nour.id, source="website", **self.actor("patient")
            ),
            lambda: self.model.confirm_hold(name),
        )
        if booked:
            self.ids[name] = booked.appointment.id

    @rule(name=acts)
    def release_a_hold(self, name):
        if self.is_visit(name):
            return
        self.both(lambda: scheduling.release_hold(hold_id=self.ids[name], **self.actor("patient")), lambda: self.model.release(name))

    @rule(name=acts, who=anybody, start=times, asker=askers)
    def move(self, name, who, start, asker):
        if not self.is_visit(name):
            return
        insist = {"insist": "entre deux"} if asker == "insisting" else {}
        stood = self.model.visits[name]
        self.both(
            lambda: scheduling.move_appointment(
                appointment_id=self.ids[name], practitioner_id=self.cabinet.who[who], start=_at(start), **insist, **self.actor(asker)
            ),
            lambda: self.model.move(name, who, start, asker),
        )
        self.changed(name, self.model.visits[name] is not stood)

    @rule(name=acts, other=acts)
    def swap(self, name, other):
        if name == other or not self.is_visit(name) or not self.is_visit(other):
            return
        if None in (self.model.visits[name].reason, self.model.visits[other].reason):
            return
        done = self.both(
            lambda: scheduling.swap_appointments(appointment_id=self.ids[name], other_id=self.ids[other], **self.actor("staff")),
            lambda: self.model.swap(name, other),
        )
        if done:
            self.swapped |= {name, other}

    @rule(name=acts)
    def cancel(self, name):
        if not self.is_visit(name):
            return
        done = self.both(
            lambda: scheduling.cancel_appointment(appointment_id=self.ids[name], by="cabinet", reason="essai", **self.actor("staff")),
            lambda: self.model.cancel(name),
        )
        self.changed(name, done)

    @rule(name=acts, status=st.sampled_from(["confirmed", "arrived", "in_consultation", "completed", "no_show", "no_show"]))
    def bring_to(self, name, status):
        if not self.is_visit(name) or (
            status == "confirmed" and self.model.visits[name].status not in ("requested", "no_show", "cancelled")
        ):
            return
        done = self.both(
            lambda: scheduling.change_status(appointment_id=self.ids[name], status=status, **self.actor("staff")),
            lambda: self.model.status(name, status),
        )
        self.changed(name, done)

    @rule(name=acts)
    def undo(self, name):
        if self.is_visit(name) and name not in self.swapped:
            self.both(
                lambda: scheduling.undo_last(appointment_id=self.ids[name], **self.actor("staff")), lambda: self.model.undo(name)
            )  # fmt: skip

    @rule(who=anybody, start=times, length=st.sampled_from([30, 60]))
    def go_away(self, who, start, length):
        values = {"practitioner": self.cabinet.who[who], "start": _at(start), "end": _at(start + length)}
        name = f"a{len(self.absences)}"
        self.absences[name] = setup.create(setup.ABSENCES, values, now=self.now).id
        self.model.absences[name] = (who, start, start + length)

    @precondition(lambda self: self.model.absences)
    @rule(data=st.data())
    def come_back(self, data):
        name = data.draw(st.sampled_from(sorted(self.model.absences)))
        setup.delete(setup.ABSENCES, self.absences[name], now=self.now)
        del self.model.absences[name]

    @rule(minutes=st.sampled_from([5, 15, 40]))
    def time_passes(self, minutes):
        self.model.pass_time(minutes)
        scheduling.expire_holds(now=self.now)

    @invariant()
    def the_tables_say_what_the_model_says(self):
        visits = {
            one.id: (self.cabinet.names[one.practitioner_id], _minute(one.start), one.status, one.lane) for one in Appointment.objects.all()
        }
        model = {self.ids[name]: one for name, one in self.model.visits.items() if one.status != "held"}
        assert visits == {key: (one.who, one.start, one.status, one.lane) for key, one in model.items()}
        taken = {
            (self.cabinet.names[resource], start, end)
            for resource, start, end in _occupied()
            if resource in self.cabinet.names
        }  # fmt: skip
        assert taken == {(one.who, *one.span) for one in self.model.standing()}

    @invariant()
    def what_is_offered_is_what_is_free(self):
        for reason in DURATION:
            offers = free_slots(
                visit_reason_id=self.cabinet.reasons[reason], start_date=MONDAY, end_date=MONDAY + timedelta(days=1), now=self.now,
                visitor=Visitor(channel="website"),
            )  # fmt: skip
            listed = {self.cabinet.names[offer.practitioner_id]: [_minute(slot.start) for slot in offer.slots] for offer in offers}
            assert listed == {who: self.model.free(who, reason) for who in WHO}

    def changed(self, name: str, done: Any) -> None:
        """The last act of a visit is no exchange any more."""
        if done:
            self.swapped.discard(name)

    def is_visit(self, name: str) -> bool:
        """Does this name stand for a visit (and not for a hold, or one that is gone)?"""
        return name in self.model.visits and self.model.visits[name].status != "held"

    def named(self, name: str, key: UUID | None) -> Any:
        """Remember the row; nothing when the act was refused."""
        if key is None:
            return multiple()
        self.ids[name] = key
        return name


def _at(minute: int) -> datetime:
    return at(0) + timedelta(minutes=minute)


def _minute(instant: datetime) -> int:
    return int((instant - at(0)).total_seconds()) // 60


def _occupied() -> list[tuple[UUID, int, int]]:
    rows = Occupancy.objects.values_list("resource", "start_minute", "end_minute")
    midnight = int(at(0).astimezone(UTC).timestamp()) // 60
    return [(resource, start - midnight, end - midnight) for resource, start, end in rows]
