"""News of the diary, for those above it.

Sent INSIDE the transaction of the act: receivers may only write rows and register `on_commit` callbacks, so that what they
write is true exactly when the act is.
"""

from django.dispatch import Signal

# appointment, act, before (dict or None), after (dict), actor, origin, told_together (somebody else tells the patient), fresh (of a visit
# of which nobody has heard, nor of a hold that it was: nothing waits to be told of it)
appointment_changed = Signal()

# hold, act (placed, extended, released, used, expired), origin
hold_changed = Signal()

# spans (of agenda/freed_times.py, soonest first), origin, by_staff, now: time was given back or opened
time_freed = Signal()
