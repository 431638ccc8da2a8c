"""Why a process ended, in one line."""

import json

import pytest

from medidesk.services.last_words import last_line

TRACEBACK = "Traceback (most recent call last):\n  File x\nValueError: no such cabinet"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("starting\nready\n\n", "ready"),
        (f"{TRACEBACK}\n[INFO] see ya!\n", "ValueError: no such cabinet"),
        (json.dumps({"event": "task failed", "exception": TRACEBACK}), "ValueError: no such cabinet"),
        (json.dumps({"event": "worker ready"}), "worker ready"),
        ("{not json", "{not json"),
        ("x" * 500, "x" * 239 + "…"),
        ("", ""),
    ],
)
def test_the_last_words_of_a_log(tmp_path, written, told):
    (tmp_path / "web.log").write_text(written)
    assert last_line(tmp_path / "web.log") == told


def test_no_log_no_words(tmp_path):
    assert last_line(tmp_path / "absent.log") == ""
