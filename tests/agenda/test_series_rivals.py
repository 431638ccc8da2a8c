"""Two people book a series on the same times at the same moment."""

import threading

from django.db import connection

from agenda.actors import Actor
from agenda.models import Appointment, Occupancy, Series
from agenda.series.booking import book_series
from agenda.series.wishes import Wish
from medidesk.errors import MediDeskError
from tests.agenda.diary import NOW, Diary, make_patient
from tests.agenda.test_series import MONDAYS


def test_of_two_rivals_for_a_whole_series_one_remains(throwaway_cabinet):
    diary = Diary()
    patients = [diary.nour, make_patient(first_names="Ali")]
    ready, told = threading.Barrier(2), []

    def rival(patient, starts):
        with throwaway_cabinet:
            wish = Wish(patient_id=patient.id, visit_reason_id=diary.reason.id, practitioner_id=diary.alma.id, starts=starts)
            ready.wait(5)
            try:
                book_series(wish, actor=Actor(patient.first_names, "staff"), source="phone", now=NOW, whole=True)
                told.append("booked")
            except MediDeskError as error:
                told.append(error.code)
        connection.close()

    rivals = [threading.Thread(target=rival, args=pair) for pair in zip(patients, (MONDAYS, MONDAYS[::-1]), strict=True)]
    for one in rivals:
        one.start()
    for one in rivals:
        one.join(30)

    assert sorted(told) == ["booked", "slot-taken"]
    assert (Series.objects.count(), Appointment.objects.count(), Occupancy.objects.count()) == (1, 4, 4)
