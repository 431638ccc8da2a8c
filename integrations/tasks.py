"""Workers' tasks: fetch, one call. Rules are elsewhere."""

from celery import shared_task


@shared_task(queue="sync")
def deliver_outbox() -> None:
    """Tell the platforms what waits to be told."""
    from integrations.outgoing.draining import drain
    from integrations.outgoing.outbox import KIND
    from medidesk.due import bell

    bell.answer(KIND)
    drain()


@shared_task(queue="sync")
def apply_inbox() -> None:
    """Apply what the platforms told us."""
    from integrations.incoming.inbox import KIND, apply_due
    from medidesk import clock
    from medidesk.due import bell

    bell.answer(KIND)
    while apply_due(clock.now()):
        pass


@shared_task(queue="sync")
def pull_connections() -> None:
    """Read what changed on the platforms since the last time."""
    from integrations.comparison.pulling import KIND, pull_due
    from medidesk import clock
    from medidesk.due import bell

    bell.answer(KIND)
    pull_due(clock.now())


@shared_task(queue="sync")
def reconcile_connections() -> None:
    """Compare whole windows, once a night."""
    from integrations.comparison.pulling import reconcile_due
    from integrations.comparison.reconciliation import KIND
    from medidesk import clock
    from medidesk.due import bell

    bell.answer(KIND)
    reconcile_due(clock.now())


@shared_task(queue="sync")
def work_on_imports() -> None:
    """Check, import, take back what was asked of imported files."""
    from integrations.imports.runs import KIND, work_due
    from medidesk import clock
    from medidesk.due import bell

    bell.answer(KIND)
    while work_due(clock.now()):
        pass


@shared_task
def forget_kept_answers() -> None:
    """Drop the answers that were kept a day for partners who ask twice, and the files that were imported long ago."""
    from integrations.imports.retention import forget_files
    from integrations.partners.idempotency import forget_old_answers
    from medidesk import clock

    forget_old_answers(now=clock.now())
    forget_files(clock.now())
