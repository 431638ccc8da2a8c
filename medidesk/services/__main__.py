"""What `run.py` becomes inside the Python environment: one command, dispatched."""

import sys
from collections.abc import Sequence

from medidesk.services.errors import ServiceError

USAGE = """python3 run.py                 la plateforme avec ses données de démonstration ; Ctrl-C arrête tout
python3 run.py reset           la même, en repartant à neuf
python3 run.py test [pytest…]  les essais (-m slow : les longs ; -m browser : dans un navigateur)
python3 run.py check           écriture, types, imports, migrations
python3 run.py bench NOM       une mesure
python3 run.py COMMANDE…       manage.py, sur les services en marche"""


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    command, rest = arguments[0], list(arguments[1:])
    if command in ("help", "-h", "--help"):
        print(USAGE)
        return 0
    if command in ("test", "check", "bench"):
        from medidesk.services import development

        return {"test": development.test, "check": development.check, "bench": development.bench}[command](rest)
    from medidesk.services import demo

    if command in ("demo", "reset"):
        return demo.run(afresh=command == "reset")
    return demo.manage(rest if command == "manage" else list(arguments))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:] or ["demo"]))
    except ServiceError as error:
        sys.exit(f"MediDesk : {error}")
    except KeyboardInterrupt:
        sys.exit(130)
