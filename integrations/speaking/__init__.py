"""How platforms are spoken to: what a connector promises, calls over HTTP, what is read and signed, whom we may call."""
