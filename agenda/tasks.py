"""What the diary does by itself."""

from celery import shared_task

from agenda.expiry import HOLDS


@shared_task
def expire_due_holds() -> int:
    """End the cabinet's holds whose time is over; answers how many."""
    from agenda.scheduling import expire_holds
    from medidesk import clock
    from medidesk.due.bell import answer

    answer(HOLDS)
    return expire_holds(now=clock.now())
