"""What happens to a cabinet, told to the apps above."""

from django.dispatch import Signal

# cabinet: the Cabinet, its new status on it and saved. Sent in the shared schema.
cabinet_status_changed = Signal()
