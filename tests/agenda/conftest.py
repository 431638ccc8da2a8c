"""The diary of the agenda's tests."""

import pytest

from agenda import links, reminders
from patients.models import Patient
from tests.agenda.diary import Diary
from tests.agenda.told import LINK


@pytest.fixture
def diary(cabinet) -> Diary:
    """A practitioner with Monday mornings, in the cabinet of Tourcoing."""
    return Diary()


@pytest.fixture
def visit_link(monkeypatch):
    """The patients' site gives an address for each visit; nobody has said who reminds."""
    monkeypatch.setattr(links, "_builders", [lambda appointment: LINK])
    monkeypatch.setattr(reminders, "_rules", {})


@pytest.fixture
def mobile(diary):
    """Nour has a mobile telephone."""
    Patient.objects.filter(pk=diary.nour.pk).update(phone="+33639980012")
