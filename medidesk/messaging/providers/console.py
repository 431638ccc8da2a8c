"""For somebody who runs one process in a terminal: messages are written to standard output."""

import sys

from medidesk.messaging.providers import Parcel


class ConsoleProvider:
    """Prints messages."""

    name = "console"
    parallel = False

    def send(self, parcel: Parcel) -> str:
        """Print the message as its receiver would read it."""
        title = f"{parcel.subject}\n" if parcel.subject else ""
        sys.stdout.write(f"--- {parcel.channel} → {parcel.to}\n{title}{parcel.text}\n---\n")
        sys.stdout.flush()
        return str(parcel.operation_id)
