"""As root: where the cluster lies when its account cannot come to the folder asked for."""

import os
import tempfile
from pathlib import Path

import pytest

from medidesk.services import unprivileged
from medidesk.services.errors import ServiceError

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands folders to another account")
ACCOUNT = "nobody"


@pytest.fixture
def open_folder():
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        Path(made).chmod(0o711)
        yield Path(made)


@pytest.fixture(autouse=True)
def own_place(open_folder, monkeypatch):
    monkeypatch.setattr(unprivileged, "OWN_PLACE", open_folder / "own")


@pytest.fixture
def closed_folder(open_folder):
    (open_folder / "home").mkdir(mode=0o700)
    return open_folder / "home"


def test_a_folder_within_reach_is_used_as_it_is(open_folder):
    assert unprivileged.writable_folder(open_folder / "postgres", ACCOUNT) == open_folder / "postgres"


def test_a_folder_under_a_closed_home_gives_way_and_the_home_stays_closed(closed_folder):
    found = unprivileged.writable_folder(closed_folder / "postgres", ACCOUNT)
    assert (found.parent, closed_folder.stat().st_mode & 0o777) == (unprivileged.OWN_PLACE, 0o700)


def test_a_cluster_placed_elsewhere_is_found_again_when_the_home_opens(closed_folder):
    found = unprivileged.writable_folder(closed_folder / "postgres", ACCOUNT)
    (found / "PG_VERSION").write_text("18\n")
    closed_folder.chmod(0o755)
    assert unprivileged.writable_folder(closed_folder / "postgres", ACCOUNT) == found


def test_a_cluster_out_of_reach_is_said_and_not_begun_anew(open_folder):
    (open_folder / "postgres").mkdir()
    (open_folder / "postgres" / "PG_VERSION").write_text("18\n")
    open_folder.chmod(0o700)
    with pytest.raises(ServiceError, match="n'atteint plus"):
        unprivileged.writable_folder(open_folder / "postgres", ACCOUNT)


def test_what_was_placed_for_a_temporary_folder_goes_with_it(closed_folder):
    first = unprivileged.writable_folder(closed_folder / "first", ACCOUNT)
    (closed_folder / "first").rmdir()
    unprivileged.writable_folder(closed_folder / "second", ACCOUNT)
    assert not first.exists()
