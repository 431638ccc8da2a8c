"""What the diary does by itself."""

from celery import shared_task

from agenda.expiry import HOLDS


@shared_task
def restore_shared_time() -> int:
    """Say again what the cabinet shares with others, as after a restore; answers how many visits overlap another cabinet's."""
    from django.db import transaction

    from agenda.sharing import restore_shared_time as restore
    from medidesk import clock

    with transaction.atomic():
        return restore(clock.now())


@shared_task
def prepare_backup_sheet() -> None:
    """In the evening, tomorrow's sheet; and those of days long gone go."""
    from agenda.desk.backup_sheets import drop_old_sheets, prepare_tomorrows_sheet
    from medidesk import clock

    now = clock.now()
    prepare_tomorrows_sheet(now)
    drop_old_sheets(now)


@shared_task
def expire_due_holds() -> int:
    """End the cabinet's holds whose time is over; answers how many."""
    from agenda.scheduling import expire_holds
    from medidesk import clock
    from medidesk.due.bell import answer

    answer(HOLDS)
    return expire_holds(now=clock.now())


@shared_task
def settle_called_conflicts() -> int:
    """Look again at the cabinet's conflicts with another one that has given time back; answers how many visits were called."""
    from agenda.scheduling.conflicts import settle_called
    from medidesk import clock
    from medidesk.due.bell import answer
    from medidesk.shared_time.awaiting import WORK

    answer(WORK)
    return settle_called(clock.now())


@shared_task
def carry_out_mass_absences() -> int:
    """Carry out the cabinet's absences whose ten minutes are over, and put back what was undone; answers how many visits."""
    from agenda.mass_absence import carry_out_due
    from agenda.mass_absence.sending import WORK
    from medidesk import clock
    from medidesk.due.bell import answer

    answer(WORK)
    return carry_out_due(clock.now())


@shared_task
def tend_waiting_list() -> int:
    """End the offers that nobody answered, and propose freed times to the next; answers how many things were due."""
    from agenda.waiting_list.rounds import KIND
    from agenda.waiting_list.tending import tend
    from medidesk import clock
    from medidesk.due.bell import answer

    answer(KIND)
    return tend(clock.now())


@shared_task
def settle_waiting_list() -> int:
    """Close the wishes of this cabinet that are over; answers how many."""
    from agenda.waiting_list.tending import settle_wishes
    from medidesk import clock

    return settle_wishes(clock.now())
