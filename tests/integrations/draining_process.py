"""A worker of its own for tests that kill it: `python -m tests.integrations.draining_process SCHEMA DATABASE [PLATFORM …]`, delivers
for ever; the platforms named cannot be asked what they were told."""

import os
import sys
import time
from datetime import timedelta


def main(schema: str, database: str, *mute: str) -> None:
    """Deliver what is due in the cabinet, with leases short enough for a test."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True
    django.setup()
    from integrations.outgoing import outbox
    from integrations.outgoing.draining import drain
    from integrations.speaking.base import Capability
    from integrations.speaking.registry import connector_class
    from medidesk.cabinets.models import Cabinet

    for platform in mute:
        connector_class(platform).capabilities &= ~Capability.LOOK_UP
    outbox.LEASE = timedelta(seconds=1.5)
    with Cabinet.objects.get(schema_name=schema):
        print("ready", flush=True)
        while True:
            drain()
            time.sleep(0.02)


if __name__ == "__main__":
    main(*sys.argv[1:])
