"""The data folder: made, refused, cleared."""

from collections import namedtuple

import pytest

from medidesk.services import data_folder
from medidesk.services.data_folder import clear_data_folder, open_data_folder
from medidesk.services.errors import ServiceError

Disk = namedtuple("Disk", "total used free")


@pytest.fixture
def full_disk(monkeypatch):
    monkeypatch.setattr(data_folder.shutil, "disk_usage", lambda folder: Disk(2_000_000_000, 1_950_000_000, 50_000_000))


def test_a_new_folder_says_its_layout(tmp_path):
    open_data_folder(tmp_path / "var")
    assert (tmp_path / "var" / "VERSION").read_text() == "1\n"


def test_a_folder_of_another_version_is_refused_in_one_line(tmp_path):
    (tmp_path / "VERSION").write_text("7\n")
    with pytest.raises(ServiceError, match="autre version de MediDesk \\(7, celle-ci est 1\\)"):
        open_data_folder(tmp_path)


def test_a_full_disk_is_said_in_megabytes(tmp_path, full_disk):
    with pytest.raises(ServiceError, match=r"il reste 50 Mo libres .* il en faut 1000\."):
        open_data_folder(tmp_path)


def test_reset_empties_what_we_made_and_keeps_the_rest(tmp_path):
    open_data_folder(tmp_path)
    (tmp_path / "notes.txt").write_text("à moi")
    clear_data_folder(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "run"]


def test_reset_does_not_touch_a_strangers_folder(tmp_path):
    (tmp_path / "thesis.odt").write_text("dix ans de travail")
    with pytest.raises(ServiceError, match="reset n'y touche pas"):
        clear_data_folder(tmp_path)


def test_reset_does_not_empty_somebody_elses_server(tmp_path):
    with pytest.raises(ServiceError, match="DATABASE_URL"):
        clear_data_folder(tmp_path, database_url="postgres://a@b/c")
