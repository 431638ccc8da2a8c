"""A ticket opens a stream of its cabinet during a minute."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.core import signing

from medidesk.live.tickets import SALT, BadTicket, Ticket, make_ticket, read_ticket

CABINET, ALMA = UUID(int=1), UUID(int=2)
ORIGIN = "http://tourcoing.localhost:8000"


@pytest.fixture
def ticket():
    """Alma's."""
    return make_ticket(cabinet=CABINET, user=ALMA, origin=ORIGIN)


def test_ticket_says_who_and_where(ticket):
    assert read_ticket(ticket) == Ticket(str(CABINET), str(ALMA), ORIGIN)


def test_ticket_can_stand_in_an_address(ticket):
    assert set(ticket) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:")


@pytest.mark.parametrize(("seconds", "good"), [(59, True), (62, False)])
def test_ticket_lives_a_minute(seconds, good):
    with time_machine.travel("2026-11-24T09:00:00Z", tick=False) as clock:
        ticket = make_ticket(cabinet=CABINET, user=ALMA, origin=ORIGIN)
        clock.shift(timedelta(seconds=seconds))
        if good:
            read_ticket(ticket)
        else:
            with pytest.raises(BadTicket):
                read_ticket(ticket)


@pytest.mark.parametrize(
    "text", ["", "x", "a:b:c", signing.dumps(["a", "b", "c"], salt="other"), signing.dumps("abc1", salt=SALT), signing.dumps(7, salt=SALT)]
)
def test_ticket_that_is_none(text):
    with pytest.raises(BadTicket):
        read_ticket(text)


def test_ticket_changed_by_one_letter(ticket):
    changed = ("A" if ticket[0] != "A" else "B") + ticket[1:]
    with pytest.raises(BadTicket):
        read_ticket(changed)
