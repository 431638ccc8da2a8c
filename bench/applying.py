"""`python -m bench.applying SCHEMA`: applies what the platforms told, until its input is closed and nothing is left; prints how much.

`python -m bench.applying SCHEMA together` (or `alone`) applies what is there, and prints `{"events", "seconds"}`.
"""

import json
import select
import sys
import time
from collections.abc import Callable
from datetime import datetime

import django

REST_SECONDS = 0.02


def apply_until_told(schema: str) -> int:
    """How many events were looked at."""
    from integrations.incoming import inbox
    from medidesk import clock
    from medidesk.cabinets.entering import enter_cabinet, enter_public
    from medidesk.cabinets.models import Cabinet

    done, over = 0, False
    with enter_public():
        cabinet = Cabinet.objects.get(schema_name=schema)
    with enter_cabinet(cabinet):
        while True:
            found = inbox.apply_due(clock.now())
            done += found
            if not found and over:
                return done
            over = over or bool(select.select([sys.stdin], [], [], 0)[0])
            if not found:
                time.sleep(REST_SECONDS)


def apply_what_is_there(schema: str, way: str) -> dict[str, float]:
    """All that is due, together or one by one."""
    from integrations.incoming import inbox
    from medidesk import clock
    from medidesk.cabinets.entering import enter_cabinet, enter_public
    from medidesk.cabinets.models import Cabinet

    ways: dict[str, Callable[[datetime], int]] = {"together": inbox.apply_due, "alone": inbox.apply_one}
    with enter_public():
        cabinet = Cabinet.objects.get(schema_name=schema)
    with enter_cabinet(cabinet):
        done, started = 0, time.perf_counter()
        while found := ways[way](clock.now()):
            done += found
        return {"events": done, "seconds": time.perf_counter() - started}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(apply_what_is_there(*sys.argv[1:])) if sys.argv[2:] else apply_until_told(sys.argv[1]))
