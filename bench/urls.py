"""The cabinets' routes, and before them what only a measure may ask: the floors, the naive view, cold and counted answers."""

from django.urls import path

from agenda.api.agenda import AGENDA_QUERY, read_agenda
from agenda.api.appointments import book
from agenda.api.slots import first_slot, list_slots
from agenda.api.visit_shapes import NEW_APPOINTMENT, NEXT_QUERY, SLOTS_QUERY
from agenda.desk.kept_visits import forget_lines
from agenda.free_times.busy import forget_busy
from agenda.views.days import day
from bench.floors import counted, floor0, floor1, read_visit
from bench.naive import naive_next, naive_slots
from bench.naive_agenda import naive_agenda
from medidesk.api.doors import Answer, Call, Operation, door
from medidesk.urls_cabinet import urlpatterns as real

SCOPE = "agenda:read"


def cold_slots(call: Call) -> Answer:
    """The real door after every kept busy set was forgotten: what it costs when somebody has just booked with everybody."""
    forget_busy()
    return list_slots(call)


def cold_next(call: Call) -> Answer:
    """The real door after every kept busy set was forgotten."""
    forget_busy()
    return first_slot(call)


def cold_agenda(call: Call) -> Answer:
    """The real door after every kept line was forgotten: all practitioners at once, while a change concerns one."""
    forget_lines()
    return read_agenda(call)


slots = door("bench/slots", GET=Operation(list_slots, "", SCOPE, query=SLOTS_QUERY))
cold = door("api/bench/cold-slots", GET=Operation(cold_slots, "", SCOPE, query=SLOTS_QUERY))
first = door("bench/next", GET=Operation(first_slot, "", SCOPE, query=NEXT_QUERY))
first_cold = door("api/bench/cold-next", GET=Operation(cold_next, "", SCOPE, query=NEXT_QUERY))
agenda = door("bench/agenda", GET=Operation(read_agenda, "", SCOPE, query=AGENDA_QUERY))
agenda_cold = door("bench/cold-agenda", GET=Operation(cold_agenda, "", SCOPE, query=AGENDA_QUERY))
booking = door("bench/appointments", POST=Operation(book, "", "agenda:write", 201, body=NEW_APPOINTMENT, one_verb=True))

urlpatterns = [
    path("bench/floor0", floor0),
    path("bench/floor1", floor1),
    door("bench/floor1-key", GET=Operation(read_visit, "", SCOPE)),
    door("bench/naive-slots", GET=Operation(naive_slots, "", SCOPE, query=SLOTS_QUERY)),
    door("bench/naive-next", GET=Operation(naive_next, "", SCOPE, query=NEXT_QUERY)),
    door("bench/naive-agenda", GET=Operation(naive_agenda, "", SCOPE, query=AGENDA_QUERY)),
    cold,
    first_cold,
    agenda_cold,
    path("bench/counted-next", counted(first.callback)),
    path("bench/counted-cold-next", counted(first_cold.callback)),
    path("bench/counted-agenda", counted(agenda.callback)),
    path("bench/counted-cold-agenda", counted(agenda_cold.callback)),
    path("bench/counted-day/<day:day>", counted(day)),
    path("bench/counted-slots", counted(slots.callback)),
    path("bench/counted-cold-slots", counted(cold.callback)),
    path("bench/counted-appointments", counted(booking.callback)),
    *real,
]
