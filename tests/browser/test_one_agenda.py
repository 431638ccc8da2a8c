"""The main job: booked on one channel, seen at the desk at once, closed on the others; and free again everywhere when it is cancelled."""

import time
from datetime import datetime

import pytest

from tests.browser.desk_page import DeskPage
from tests.browser.patience import eventually, within
from tests.browser.people import Person, newcomer
from tests.browser.stage import Stage, is_closed

pytestmark = pytest.mark.browser

AT_THE_DESK_SECONDS = 2
DOCTOR = ("Dr Hélène Aubry", "Consultation de médecine générale")
PHYSIOTHERAPIST = ("Minh Nguyen", "Kinésithérapie, séance")
NURSE = ("Julie Morel", "Vaccination")


class Diary:
    """One practitioner and reason on the three channels where patients book."""

    def __init__(self, stage: Stage, practitioner: str, reason: str) -> None:
        self.stage = stage
        self.practitioner = practitioner
        self.reason = reason
        self.site = stage.site()
        self.pages = {name: stage.platform(name) for name in ("doctolib", "maiia")}

    def free_on(self, channel: str) -> list[str]:
        """The starts that a channel's page offers in its first days."""
        if channel == "site":
            return self.site.times(self.reason, self.practitioner)
        return self.pages[channel].times(self.practitioner, self.reason)

    def free_everywhere(self) -> list[str]:
        """The starts that all three offer after today, in order."""
        offered = [set(self.free_on(channel)) for channel in ("site", "doctolib", "maiia")]
        today = min(map(min, offered))[:10]
        return sorted(start for start in set.intersection(*offered) if start[:10] > today)

    def free_beside_others(self) -> str:
        """The first of these starts on whose day there are others, so that a visit may also move within it."""
        starts = self.free_everywhere()
        return next(start for start in starts if sum(other[:10] == start[:10] for other in starts) > 1)

    def wait_closed(self, start: str, *channels: str) -> None:
        """Until none of the channels offers the time."""
        for channel in channels:
            if channel in self.pages:
                eventually(lambda channel=channel: is_closed(self.stage.simulator(channel), self.practitioner, start))
            assert start not in self.free_on(channel)

    def wait_free(self, start: str) -> None:
        """Until all three offer the time."""
        for name in self.pages:
            eventually(lambda name=name: not is_closed(self.stage.simulator(name), self.practitioner, start))
        assert [start in self.free_on(channel) for channel in ("site", "doctolib", "maiia")] == [True, True, True]


def desk_at(stage: Stage, start: str) -> DeskPage:
    desk = stage.desk()
    desk.open(datetime.fromisoformat(start).date())
    return desk


class Booking:
    """A visit booked on a page while the desk is open: who, when, and its id on the platform. Each try is somebody else's."""

    def __init__(self, stage: Stage, channel: str, diary: Diary) -> None:
        self.stage, self.channel, self.diary = stage, channel, diary
        self.person: Person
        self.start = self.visit = ""
        self.desk: DeskPage

    def seconds_to_the_desk(self) -> float:
        """Book, and answer how long the open page of the desk took to show it, from the press of the last button."""
        self.person, self.start = newcomer(), self.diary.free_beside_others()
        self.desk = desk_at(self.stage, self.start)
        self.diary.free_on(self.channel)
        pressed = self._on_the_site() if self.channel == "site" else self._on_the_platform()
        self.desk.visit(self.person.on_lists).wait_for()
        return time.monotonic() - pressed

    def _on_the_platform(self) -> float:
        page = self.diary.pages[self.channel]
        page.choose(self.start)
        page.fill(self.person)
        pressed = time.monotonic()
        self.visit = page.confirm()
        return pressed

    def _on_the_site(self) -> float:
        site = self.diary.site
        site.take(self.start)
        site.fill(self.person)
        site.send()
        site.type_code(self.stage.code_of(self.person))
        pressed = time.monotonic()
        site.send()
        return pressed


def test_a_visit_booked_on_doctolib_is_at_the_desk_at_once_and_closed_everywhere_else(stage: Stage) -> None:
    booking = Booking(stage, "doctolib", Diary(stage, *DOCTOR))

    within(AT_THE_DESK_SECONDS, "Doctolib's page to the open desk", booking.seconds_to_the_desk)

    assert "Doctolib" in str(booking.desk.visit(booking.person.on_lists).text_content())
    booking.diary.wait_closed(booking.start, "site", "maiia", "doctolib")


def test_a_move_at_the_desk_reaches_doctolib_as_one_update(stage: Stage) -> None:
    diary = Diary(stage, *PHYSIOTHERAPIST)  # nobody waits for the time that is left
    booking = Booking(stage, "doctolib", diary)
    booking.seconds_to_the_desk()
    later = next(start for start in diary.free_everywhere() if start[:10] == booking.start[:10])

    booking.desk.move(booking.person.on_lists, datetime.fromisoformat(later))

    diary.wait_closed(later, "site", "maiia", "doctolib")
    diary.wait_free(booking.start)
    assert datetime.fromisoformat(stage.doctolib.appointment(booking.visit)["start"]) == datetime.fromisoformat(later)
    assert [call["method"] for call in stage.doctolib.writes(appointment=booking.visit)] == ["PATCH"]


def test_a_visit_cancelled_on_maiia_is_free_everywhere(stage: Stage) -> None:
    diary = Diary(stage, *PHYSIOTHERAPIST)
    booking = Booking(stage, "maiia", diary)
    within(AT_THE_DESK_SECONDS, "Maiia's page to the open desk", booking.seconds_to_the_desk)
    diary.wait_closed(booking.start, "site", "doctolib", "maiia")

    diary.pages["maiia"].cancel(booking.visit)

    booking.desk.visit(booking.person.on_lists).wait_for(state="detached")
    diary.wait_free(booking.start)


def test_a_visit_booked_on_the_site_closes_both_platforms_until_its_link_cancels_it(stage: Stage) -> None:
    booking = Booking(stage, "site", Diary(stage, *NURSE))
    within(AT_THE_DESK_SECONDS, "the site's last button to the open desk", booking.seconds_to_the_desk)
    booking.diary.wait_closed(booking.start, "doctolib", "maiia", "site")

    stage.site().cancel(stage.link_of(booking.person))

    booking.desk.visit(booking.person.on_lists).wait_for(state="detached")
    booking.diary.wait_free(booking.start)
