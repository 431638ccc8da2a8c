"""`python -m integrations.simulators doctolib --port 8010 --store var/simulators/doctolib.sqlite [--host 127.0.0.1]`."""

import argparse
from pathlib import Path

from integrations.simulators.app import PLATFORMS, listener


def main() -> None:
    """Read the command line and serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m integrations.simulators", description="A platform to book on, for demo and tests.")
    parser.add_argument("platform", choices=sorted(PLATFORMS))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--store", type=Path, required=True, help="SQLite file, created when missing")
    parser.add_argument("--host", default="127.0.0.1")
    options = parser.parse_args()
    listener(options.platform, options.store, options.host, options.port).run()


if __name__ == "__main__":
    main()
