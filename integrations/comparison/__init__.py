"""The truth between two agendas: reading theirs, finding what differs, mending it, and stopping what looks like a mistake."""
