"""What the accounts announce."""

from django.dispatch import Signal

account_disabled = Signal()  # sent after commit with `user`: end whatever else that person's account opens
