"""A practitioner's agenda as a calendar that a telephone subscribes to: addresses that open nothing else, busy times or initials."""
