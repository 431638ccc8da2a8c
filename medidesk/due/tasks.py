"""The sweep: what the bell missed, what came due."""

from celery import shared_task

from medidesk import clock


@shared_task(public=True)
def sweep() -> None:
    """Queue the work of every open cabinet that has something due."""
    from medidesk.due.bell import queue
    from medidesk.due.pointers import cabinets_due

    for kind, schema in cabinets_due(clock.now()):
        queue(kind, schema)
