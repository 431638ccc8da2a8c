#!/usr/bin/env python3
"""Django's entry point. Alone, without DATABASE_URL, it works over the platform that `run.py` has running (or starts its services)."""

import importlib.util
import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command where it can run: here, or by `run.py` when the environment or the services are not at hand."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medidesk.settings")
    if len(sys.argv) > 1 and ("DATABASE_URL" not in os.environ or importlib.util.find_spec("django") is None):
        run = Path(__file__).resolve().with_name("run.py")
        os.execv(sys.executable, [sys.executable, str(run), "manage", *sys.argv[1:]])
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
