"""Visits that are worth something only together: a family's, or the steps of one patient's care. All are booked, or none."""
