"""`run.py` before the Python environment stands: ready, or one line that says what is missing."""

import sys
from collections import namedtuple
from pathlib import Path

import pytest

import run

Disk = namedtuple("Disk", "total used free")


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """An environment that does not exist yet."""
    for name, path in {"VENV": "venv", "PYTHON": "venv/bin/python", "STAMP": "venv/stamp"}.items():
        monkeypatch.setattr(run, name, tmp_path / path)
    return tmp_path / "venv"


def test_an_older_python_is_refused(monkeypatch):
    with monkeypatch.context() as patched, pytest.raises(SystemExit, match=r"Python 3\.11 ou plus récent est nécessaire"):
        patched.setattr(sys, "version_info", (3, 9, 2))
        run.main(["demo"])


def test_a_python_without_venv_is_told_which_package_to_install(nowhere, monkeypatch):
    monkeypatch.setattr(run.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        run.make_environment()


def test_a_full_disk_is_told_before_anything_is_written(nowhere, monkeypatch):
    monkeypatch.setattr(run.shutil, "disk_usage", lambda folder: Disk(10**10, 10**10, 300_000_000))
    with pytest.raises(SystemExit, match="il reste 300 Mo libres"):
        run.make_environment()
    assert not nowhere.exists()


@pytest.mark.parametrize("made_from", [run.LOCK, run.DEV_LOCK])
def test_the_stamp_of_either_lock_is_enough_for_the_platform(nowhere, made_from):
    run.PYTHON.parent.mkdir(parents=True)
    run.PYTHON.touch()
    run.STAMP.write_text(run.fingerprint(made_from))
    run.make_ready(run.LOCK)
    assert run.STAMP.read_text() == run.fingerprint(made_from)


def test_the_tests_ask_for_the_developers_lock(nowhere):
    run.PYTHON.parent.mkdir(parents=True)
    run.PYTHON.touch()
    run.STAMP.write_text(run.fingerprint(run.LOCK))
    assert not run.is_stamped({run.fingerprint(run.DEV_LOCK)})


def test_pip_keeps_the_way_to_packages_and_forgets_the_rest(nowhere, monkeypatch, tmp_path):
    record = tmp_path / "seen"
    run.PYTHON.parent.mkdir(parents=True)
    run.PYTHON.write_text(f"#!/bin/sh\nenv > {record}\n")
    run.PYTHON.chmod(0o755)
    for name in ("PIP_INDEX_URL", "PIP_USER", "PIP_TARGET"):
        monkeypatch.setenv(name, "set")
    run.install(Path("lock"))
    seen = {line.partition("=")[0] for line in record.read_text().splitlines()}
    assert seen & {"PIP_INDEX_URL", "PIP_USER", "PIP_TARGET"} == {"PIP_INDEX_URL"}
