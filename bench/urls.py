"""The cabinets' routes, and before them what only a measure may ask: the floors, the naive view, cold and counted answers."""

from django.urls import path

from agenda.api.appointments import book
from agenda.api.slots import list_slots
from agenda.api.visit_shapes import NEW_APPOINTMENT, SLOTS_QUERY
from agenda.free_times.busy import forget_busy
from bench.floors import counted, floor0, floor1, read_visit
from bench.naive import naive_slots
from medidesk.api.doors import Answer, Call, Operation, door
from medidesk.urls_cabinet import urlpatterns as real

SCOPE = "agenda:read"


def cold_slots(call: Call) -> Answer:
    """The real door after every kept busy set was forgotten: what it costs when somebody has just booked with everybody."""
    forget_busy()
    return list_slots(call)


slots = door("bench/slots", GET=Operation(list_slots, "", SCOPE, query=SLOTS_QUERY))
cold = door("bench/cold-slots", GET=Operation(cold_slots, "", SCOPE, query=SLOTS_QUERY))
booking = door("bench/appointments", POST=Operation(book, "", "agenda:write", 201, body=NEW_APPOINTMENT))

urlpatterns = [
    path("bench/floor0", floor0),
    path("bench/floor1", floor1),
    door("bench/floor1-key", GET=Operation(read_visit, "", SCOPE)),
    door("bench/naive-slots", GET=Operation(naive_slots, "", SCOPE, query=SLOTS_QUERY)),
    cold,
    path("bench/counted-slots", counted(slots.callback)),
    path("bench/counted-cold-slots", counted(cold.callback)),
    path("bench/counted-appointments", counted(booking.callback)),
    *real,
]
