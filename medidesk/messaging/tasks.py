"""The worker's part: take what is due until nothing is left."""

import time

from celery import shared_task

from medidesk import clock

# Well under the hard limit of a task (300 s): the rest is for the next one.
LONGEST_RUN_SECONDS = 120


@shared_task
def send_due_messages() -> None:
    """Send what is due in this cabinet; ring again when time runs out first."""
    from medidesk.due.bell import answer, ring
    from medidesk.messaging.apps import WORK
    from medidesk.messaging.sending import send_due

    answer(WORK)
    started = time.monotonic()
    while send_due(clock.now()):
        if time.monotonic() - started > LONGEST_RUN_SECONDS:
            ring(WORK)
            return


@shared_task
def restore_message_pointers() -> None:
    """Point again to every unfinished message of this cabinet."""
    from medidesk.messaging.sending import restore_pointers

    restore_pointers()


@shared_task
def listen_to_incoming() -> int:
    """Show the SMS that came in to those who listen; answers how many."""
    from medidesk.due.bell import answer
    from medidesk.messaging.apps import INCOMING
    from medidesk.messaging.incoming import listen_to_due

    answer(INCOMING)
    return listen_to_due(clock.now())
