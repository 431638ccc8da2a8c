"""Where the checkout and the data folder lie."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def data_folder() -> Path:
    """MEDIDESK_VAR, else `var` in the checkout."""
    return Path(os.environ.get("MEDIDESK_VAR") or ROOT / "var").resolve()
