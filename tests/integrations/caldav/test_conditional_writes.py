"""Writes that hold only while nobody else wrote, and the names of our own events."""

from uuid import uuid4

import pytest

from integrations.caldav import payloads
from integrations.errors import KeyRefused, Refused, Unavailable
from tests.integrations.caldav.radicale import event
from tests.integrations.caldav.scripted import OURS, PARIS, VISIT, found, wanted
from tests.integrations.house import monday


def test_closing_a_time_takes_one_call_that_overwrites_nothing(scripted, connector):
    scripted.answers = [(201, {}, "")]

    made = connector.create_busy(wanted(), uuid4())

    assert (made.external_id, scripted.methods, scripted.conditions()) == (OURS, ["PUT"], ["*"])


def test_where_our_event_stands_already_it_gets_the_time(scripted, connector):
    scripted.answers = [(412, {}, ""), found('"1"'), (204, {}, "")]

    connector.create_busy(wanted(), uuid4())

    assert (scripted.methods, scripted.conditions()) == (["PUT", "GET", "PUT"], ["*", '"1"'])


def test_where_it_has_the_time_already_nothing_is_written(scripted, connector):
    scripted.answers = [(412, {}, ""), found('"1"', 14)]

    connector.create_busy(wanted(), uuid4())

    assert scripted.methods == ["PUT", "GET"]


def test_an_event_changed_meanwhile_is_read_again_before_it_is_moved(scripted, connector):
    scripted.answers = [found('"1"'), (412, {}, ""), found('"2"', 11), (204, {}, "")]

    assert connector.move_busy(OURS, wanted(), uuid4()) is not None

    assert (scripted.methods, scripted.conditions()) == (["GET", "PUT", "GET", "PUT"], ['"1"', '"2"'])


def test_an_event_that_changes_as_fast_is_left_for_later(scripted, connector):
    scripted.answers = [each for number in range(3) for each in (found(f'"{number}"'), (412, {}, ""))]

    with pytest.raises(Unavailable, match="as fast as here"):
        connector.move_busy(OURS, wanted(), uuid4())


def test_one_that_is_gone_is_none(scripted, connector):
    scripted.answers = [(404, {}, "")]

    assert connector.move_busy(OURS, wanted(), uuid4()) is None


def test_opening_a_time_reads_again_what_changed_and_is_content_with_what_is_gone(scripted, connector):
    scripted.answers = [found('"1"'), (412, {}, ""), found('"2"'), (404, {}, "")]

    connector.delete_busy(OURS, uuid4())

    assert (scripted.methods, scripted.conditions()) == (["GET", "DELETE", "GET", "DELETE"], ['"1"', '"2"'])


@pytest.mark.parametrize("tag", ['W/"1"', ""])
def test_a_weak_tag_conditions_nothing(scripted, connector, tag):
    scripted.answers = [found(tag), (204, {}, "")]

    connector.delete_busy(OURS, uuid4())

    assert scripted.conditions() == []


def test_an_event_of_somebody_else_at_our_address_is_left_alone(scripted, connector):
    scripted.answers = [(200, {"etag": '"1"'}, event("dentiste", monday(10), monday(11)))]

    with pytest.raises(Refused, match="somebody else"):
        connector.delete_busy(OURS, uuid4())

    assert scripted.methods == ["GET"]


@pytest.mark.parametrize(("status", "error", "unclear"), [(403, Refused, None), (503, Unavailable, True), (401, KeyRefused, None)])
def test_a_write_that_is_refused_or_unclear(scripted, connector, status, error, unclear):
    scripted.answers = [(status, {}, "")]

    with pytest.raises(error) as raised:
        connector.create_busy(wanted(), uuid4())

    assert getattr(raised.value, "unclear", None) is unclear


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("uid", "reference"), [(f"{VISIT}@medidesk", VISIT), (f"{VISIT}@medidesk.example", ""), ("dentiste", ""), ("", "")]
)
def test_our_events_are_known_by_their_name(uid, reference):
    assert payloads.own_reference(uid) == reference


def test_a_time_of_ours_that_repeats_by_now_is_not_as_it_was_written():
    text = event(f"{VISIT}@medidesk", monday(10), monday(11), "RRULE:FREQ=DAILY").encode()

    assert payloads.own_span(text, PARIS) is None
    assert payloads.own_span(b"BEGIN:VCALENDAR", PARIS) is None
