"""A busy port is passed over."""

import socket

import pytest

from medidesk.services.ports import free_port, is_free


@pytest.fixture
def busy():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_where_somebody_listens_is_not_free(busy):
    assert not is_free(busy)


def test_a_free_port_is_taken_as_it_is():
    port = free_port()
    assert free_port(port) == port


def test_a_busy_port_gives_way_to_another(busy):
    assert free_port(busy) != busy


def test_a_port_promised_to_another_program_is_passed_over():
    port = free_port()
    assert free_port(port, taken={port}) != port
