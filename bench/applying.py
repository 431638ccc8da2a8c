"""`python -m bench.applying SCHEMA`: applies what the platforms told, until its input is closed and nothing is left; prints how much."""

import select
import sys
import time

import django

REST_SECONDS = 0.02


def apply_until_told(schema: str) -> int:
    """How many events were looked at."""
    from integrations import inbox
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


if __name__ == "__main__":
    django.setup()
    print(apply_until_told(sys.argv[1]))
