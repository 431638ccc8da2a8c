"""Alma's Monday mornings, somebody booked at ten, and people who wait; it is Sunday noon."""

from collections.abc import Iterator

import pytest
import time_machine

from agenda import links, reminders
from agenda.waiting_list import links as offer_links
from tests.agenda.diary import NOW, Diary
from tests.agenda.told import LINK
from tests.agenda.waiting_list.people import OFFER_LINK


@pytest.fixture(autouse=True)
def _sunday_noon() -> Iterator[None]:
    """The day before the diary's Monday."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def diary(cabinet, monkeypatch) -> Diary:
    """Mondays from 9 to 12; messages carry addresses that do not depend on the run."""
    monkeypatch.setattr(links, "_builders", [lambda appointment: LINK])
    monkeypatch.setattr(offer_links, "_builders", [lambda token: OFFER_LINK])
    monkeypatch.setattr(reminders, "_rules", {})
    return Diary()
