"""E-mail and SMS out: a ledger row per message, re-checked when it leaves, sent once."""
