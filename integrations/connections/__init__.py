"""A connection from its first key to its last: settings, who is who, rehearsal, health."""
