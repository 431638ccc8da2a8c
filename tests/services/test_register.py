"""One supervisor per data folder, found by the others."""

import pytest

from medidesk.services.register import AlreadyRunning, Register


@pytest.fixture
def register(tmp_path):
    return Register(tmp_path)


def test_a_second_supervisor_is_refused(register):
    with register.held(), pytest.raises(AlreadyRunning), Register(register.folder.parent).held():
        pass


def test_the_folder_is_free_again_afterwards(register):
    with register.held():
        pass
    assert not register.is_held()


def test_addresses_last_as_long_as_their_supervisor(register):
    with register.held():
        register.write("addresses", {"web": "http://localhost:8000"})
        during = register.read("addresses")
    assert (during, register.read("addresses")) == ({"web": "http://localhost:8000"}, {})


def test_the_environment_is_readable_by_its_owner_only(register):
    with register.held():
        register.write("environment", {"REDIS_URL": "redis://:secret@localhost"})
        assert (register.folder / "environment.json").stat().st_mode & 0o777 == 0o600
