"""`run.py test`, `check`, `bench`: each with its own temporary services, never the demo's."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from medidesk.services.errors import ServiceError
from medidesk.services.progress import say, step
from medidesk.services.root import ROOT
from medidesk.services.stores import temporary_services

NO_TESTS = 5  # pytest's exit code when nothing was collected or all was deselected


def test(arguments: Sequence[str]) -> int:
    """Run pytest with `arguments` over temporary services; its exit code, 0 when there was nothing to run."""
    with ExitStack() as stack:
        with step("Services d'essai"):
            environment = stack.enter_context(temporary_services())
        code = _run([sys.executable, "-m", "pytest", *arguments], environment)
    if code == NO_TESTS:
        say("Aucun essai à lancer.")
        return 0
    return code


def check(arguments: Sequence[str]) -> int:
    """Lint, format, types, import rules, Django's checks, missing migrations: 1 if any of them complains."""
    python = [sys.executable, "-m"]
    manage = [sys.executable, str(ROOT / "manage.py")]
    static = [
        ("Règles d'écriture", [*python, "ruff", "check", "."]),
        ("Mise en forme", [*python, "ruff", "format", "--check", "--quiet", "."]),
        ("Types", [*python, "mypy"]),
        ("Sens des imports", [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]),
    ]
    served = [
        ("Contrôles de Django", [*manage, "check", "--fail-level", "WARNING"]),
        ("Migrations à jour", [*manage, "makemigrations", "--check", "--dry-run"]),
    ]
    failed = [label for label, command in static if not _passes(label, command, {})]
    with temporary_services() as environment:
        failed += [label for label, command in served if not _passes(label, command, environment | {"MEDIDESK_DEMO": "on"})]
    say("Tout est en ordre." if not failed else f"À corriger : {', '.join(failed)}.")
    return 1 if failed else 0


def bench(arguments: Sequence[str]) -> int:
    """Run the measure `bench/NAME.py`; it starts what it needs and prints its figures."""
    names = sorted(path.stem for path in (ROOT / "bench").glob("[a-z]*.py") if "def main(" in path.read_text())
    if not arguments or importlib.util.find_spec(f"bench.{arguments[0]}") is None:
        raise ServiceError(f"quelle mesure ? python3 run.py bench NOM, où NOM est : {', '.join(names) or 'aucune pour l’instant'}.")
    return _run([sys.executable, "-m", f"bench.{arguments[0]}", *arguments[1:]], {})


def _passes(label: str, command: Sequence[str], environment: Mapping[str, str]) -> bool:
    full = {**os.environ, "MEDIDESK_SECRET_KEY": "check", **environment}
    done = subprocess.run(command, cwd=ROOT, env=full, capture_output=True, text=True, check=False)
    say(f"{'✓' if done.returncode == 0 else '✗'} {label}")
    if done.returncode:
        say((done.stdout + done.stderr).rstrip())
    return done.returncode == 0


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run in the foreground; Ctrl-C reaches the child too, so we only wait for its own end."""
    child = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue
