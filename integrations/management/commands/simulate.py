"""`manage.py simulate scenario.yml [--seed N] [--speed N]`: plays a scenario on the simulators that run."""

import json
import os
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import httpx
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.simulators.client import Simulator
from integrations.simulators.scenario import ScenarioError, play, read_scenario
from integrations.speaking.registry import platforms


class Command(BaseCommand):
    """Play a scenario."""

    help = "Joue un scénario sur les simulateurs en marche (python3 run.py dans une autre fenêtre)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which scenario, how fast, where."""
        parser.add_argument("scenario", type=Path)
        parser.add_argument("--seed", help="remplace la graine du scénario")
        parser.add_argument("--speed", type=float, default=1.0, help="combien de fois plus vite")
        parser.add_argument("--simulator", action="append", default=[], metavar="PLATEFORME=ADRESSE")

    def handle(self, *args: Any, **options: Any) -> None:
        """A line per act, one line of JSON last."""
        if options["speed"] <= 0:
            raise CommandError("--speed est plus grand que zéro.")
        try:
            acts = read_scenario(options["scenario"].read_text(encoding="utf-8"), options["seed"])
            with ExitStack() as stack:
                found = {name: stack.enter_context(closing(Simulator(url))) for name, url in _addresses(options["simulator"]).items()}
                played = play(acts, {name: one for name, one in found.items() if _answers(one)}, self.stdout.write, speed=options["speed"])
        except (OSError, UnicodeDecodeError) as problem:
            raise CommandError(f"Impossible de lire {options['scenario']}.") from problem
        except ScenarioError as problem:
            raise CommandError(f"Scénario : {problem}.") from problem
        self.stdout.write(json.dumps({"acts": len(acts), "done": played.done, "refused": played.refused}))


def _addresses(said: list[str]) -> dict[str, str]:
    """Where the simulators are: as said, else as the environment of the running platform says."""
    known = {name: os.environ.get(f"MEDIDESK_{name.upper()}_URL", "") for name in platforms()}
    known |= dict(one.partition("=")[::2] for one in said)
    return {name: url for name, url in known.items() if url}


def _answers(simulator: Simulator) -> bool:
    try:
        return bool(simulator.health()["ok"])
    except (httpx.HTTPError, ValueError):
        return False
