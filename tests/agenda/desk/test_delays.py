"""« En retard de 20 min » at the desk."""

import pytest

from agenda.models import RunningLate
from tests.agenda.desk.pages import DAY
from tests.agenda.diary import at, make_practitioner

SCRIPT = {"x-part": "act"}


@pytest.fixture
def url(diary):
    return f"/agenda/retard/{diary.alma.id}"


def test_one_press_says_it(desk, diary, url):
    diary.book(at(10))

    answer = desk.post(url, {"minutes": "20"}, headers=SCRIPT)

    assert answer.json()["message"] == "Dr Alma Delcourt : 20 min de retard. 1 message part."
    assert RunningLate.objects.get().said_by == "Basile Vandamme"
    assert "+20 min" in desk.get(DAY).content.decode()


def test_another_length_is_typed(desk, url):
    desk.post(url, {"autre": "35"})

    assert RunningLate.objects.get().minutes == 35


@pytest.mark.parametrize("text", ["", "-5", "999", "vingt"])
def test_what_is_no_delay_is_refused_in_words(desk, url, text):
    answer = desk.post(url, {"autre": text}, headers=SCRIPT)

    assert (answer.status_code, answer.json(), RunningLate.objects.count()) == (422, {"message": "Entre 0 et 240 minutes."}, 0)


def test_caught_up(desk, url):
    desk.post(url, {"minutes": "20"})

    assert desk.post(url, {"minutes": "0"}, headers=SCRIPT).json()["message"] == "Dr Alma Delcourt est à l’heure."
    assert "+20 min" not in desk.get(DAY).content.decode()


def test_the_open_page_learns_of_it(desk, url):
    mark = desk.get(DAY)["ETag"]
    assert desk.get(DAY, headers={"if-none-match": mark}).status_code == 304

    desk.post(url, {"minutes": "20"})

    assert desk.get(DAY, headers={"if-none-match": mark}).status_code == 200


def test_the_page_offers_usual_delays_and_the_absence(desk, url, diary):
    page = desk.get(url).content.decode()

    assert 'name="minutes" value="20"' in page
    assert f"/agenda/absence/nouvelle?praticien={diary.alma.id}&amp;jour=2026-03-02" in page


def test_a_practitioner_says_the_own_only(practitioner_desk, diary, url):
    other = make_practitioner(diary.site, last_name="Ravel")

    assert practitioner_desk.post(url, {"minutes": "10"}).status_code == 302
    assert practitioner_desk.get(f"/agenda/retard/{other.id}").status_code == 404


def test_a_telesecretary_says_nothing(telesecretary_desk, url):
    assert telesecretary_desk.post(url, {"minutes": "10"}).status_code == 404
