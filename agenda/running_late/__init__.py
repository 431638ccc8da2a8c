"""How late a practitioner runs today: said at the desk, told to the next patients, shown on their pages."""

from agenda.running_late.announcing import Announced, announce_delay, clear_delay
from agenda.running_late.reading import delay_of_visit, delays_of_day

__all__ = ["Announced", "announce_delay", "clear_delay", "delay_of_visit", "delays_of_day"]
