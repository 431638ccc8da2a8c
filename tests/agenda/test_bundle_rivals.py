"""Two families are booked on the same times at the same moment."""

import threading

from django.db import connection

from agenda.models import Appointment, Bundle
from medidesk.errors import MediDeskError
from tests.agenda.diary import Diary, at, make_patient
from tests.agenda.test_bundles import book, member


def test_rivals_for_the_same_times_leave_one_family(throwaway_cabinet):
    diary = Diary()
    families = [[make_patient(first_names=f"{family}{n}") for n in range(2)] for family in "AB"]
    ready, told = threading.Barrier(2), []

    def rival(family, times):
        with throwaway_cabinet:
            ready.wait(5)
            try:
                book(*(member(diary, start, patient) for start, patient in zip(times, family, strict=True)))
                told.append("booked")
            except MediDeskError as error:
                told.append(error.code)
        connection.close()

    times = [at(9), at(9, 30)]
    rivals = [threading.Thread(target=rival, args=pair) for pair in zip(families, (times, times[::-1]), strict=True)]
    for one in rivals:
        one.start()
    for one in rivals:
        one.join(30)

    assert sorted(told) == ["booked", "slot-taken"]
    assert (Bundle.objects.count(), Appointment.objects.count()) == (1, 2)
