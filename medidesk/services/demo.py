"""`run.py`, `run.py reset`, and any `manage.py` command over the services."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from medidesk.services import platform
from medidesk.services.data_folder import clear_data_folder, open_data_folder
from medidesk.services.errors import ServiceError
from medidesk.services.progress import say, step
from medidesk.services.register import AlreadyRunning, Register
from medidesk.services.root import ROOT, data_folder
from medidesk.services.stores import Stores
from medidesk.services.supervisor import Supervisor

CABINETS = {"Cabinet des Tilleuls": "tourcoing", "Cabinet du Volcan": "reunion"}


def run(*, afresh: bool) -> int:
    """Start everything and keep it going until Ctrl-C; 0 after a clean stop. Raises ServiceError."""
    var = data_folder()
    register = Register(var)
    try:
        with register.held():
            if afresh:
                with step("Anciennes données effacées"):
                    register.end_leftovers()
                    clear_data_folder(var, database_url=os.environ.get("DATABASE_URL", ""))
            open_data_folder(var)
            return _supervise(Supervisor(var, register), var)
    except AlreadyRunning:
        return _tell_already_running(register, afresh)


def _supervise(supervisor: Supervisor, var: Path) -> int:
    started = time.monotonic()
    with supervisor.signals():
        try:
            supervisor.start()
            _tell_ready(platform.addresses(supervisor.ports), var, time.monotonic() - started)
            supervisor.watch()
        except KeyboardInterrupt:
            say("")
        finally:
            with step("Arrêt"):
                supervisor.stop()
    return 0


def _tell_ready(addresses: Mapping[str, str], var: Path, seconds: float) -> None:
    say(f"\nMediDesk est prêt ({f'{seconds:.1f}'.replace('.', ',')} s). Ctrl-C arrête tout.\n")
    lines = {"Site public": addresses["web"]}
    lines |= {label: addresses["web"].replace("localhost", f"{name}.localhost") for label, name in CABINETS.items()}
    lines |= {"Doctolib (simulé)": addresses["doctolib"], "Maiia (simulé)": addresses["maiia"]}
    lines |= {f"{name} (simulé)": addresses[name] for name in platform.FURTHER_PORTS if name in addresses}
    for label, address in lines.items():
        say(f"  {label:<24}{address}")
    logins = var / "demo-logins.txt"
    if logins.exists():
        say("\n" + logins.read_text().rstrip())
    say(f"\nJournaux : {var / 'log'}")


def _tell_already_running(register: Register, afresh: bool) -> int:
    found = register.read("addresses")
    where = f"{found['web']} (Doctolib {found['doctolib']}, Maiia {found['maiia']})" if found else "en cours de démarrage ou d'arrêt"
    if afresh:
        raise ServiceError(f"reset demande d'abord d'arrêter celui qui tourne : {where}.")
    say(f"MediDesk tourne déjà : {where}.")
    return 0


def manage(arguments: Sequence[str]) -> int:
    """Run `manage.py` over the services that run, or over our own started for its duration. Raises ServiceError."""
    var = data_folder()
    register = Register(var)
    try:
        with register.held():
            open_data_folder(var)
            stores = Stores(var, var / "log", database_url=os.environ.get("DATABASE_URL", ""), redis_url=os.environ.get("REDIS_URL", ""))
            try:
                stores.start()
                ports = platform.Ports(**platform.USUAL_PORTS, further={})
                return _manage(arguments, platform.environment(var, ports, stores.environment, os.environ))
            finally:
                stores.stop()
    except AlreadyRunning:
        return _manage(arguments, {**os.environ, **register.read("environment")})


def _manage(arguments: Sequence[str], env: Mapping[str, str]) -> int:
    return subprocess.run([sys.executable, str(ROOT / "manage.py"), *arguments], cwd=ROOT, env=dict(env), check=False).returncode
