"""Calendars by CalDAV."""
