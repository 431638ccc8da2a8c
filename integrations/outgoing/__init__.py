"""What platforms are told: queued with the act, delivered later, until it stands there."""
