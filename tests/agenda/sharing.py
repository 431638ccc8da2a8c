"""One doctor in two cabinets, for tests: Alma in the entered one and in La Réunion, both sharing her time."""

from agenda.actors import Actor
from agenda.models import Appointment, Practitioner
from agenda.setup.sharing import share_time
from tests.agenda.diary import NOW, Diary

RPPS = "10002673894"
ALMA = Actor("Alma Delcourt", "staff")


def diary_of_alma(rpps: str = RPPS) -> Diary:
    """Alma's Monday mornings in the entered cabinet."""
    diary = Diary()
    Practitioner.objects.filter(pk=diary.alma.pk).update(rpps=rpps)
    return diary


def share(diary: Diary) -> Diary:
    """The same diary, its time shared from now on."""
    share_time(diary.alma.id, agreed=True, actor=ALMA, now=NOW)
    return diary


class There:
    """Alma in La Réunion, where Paris's 9 to 12 is 12 to 15 on the wall."""

    def __init__(self, cabinet) -> None:
        self.cabinet = cabinet
        with cabinet:
            self.diary = diary_of_alma()
            type(self.diary.hours).objects.update(start_minute=12 * 60, end_minute=15 * 60)
            share(self.diary)

    def slots(self) -> list[str]:
        """The free times on its own wall."""
        with self.cabinet:
            return self.diary.slots()

    def book(self, start, **values) -> Appointment:
        """Nour books there."""
        with self.cabinet:
            return self.diary.book(start, **values)
