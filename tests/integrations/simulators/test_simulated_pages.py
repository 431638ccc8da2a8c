"""A patient books, moves and cancels on the platform's own pages, without scripts; the ledger shows what happened."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import httpx
import pytest

from integrations.simulators import clock
from tests.integrations.simulators.processes import VISITS, Running

HOURS = [{"weekday": day, "start": "09:00", "end": "12:00"} for day in range(7)]
REFERENCES = ("client_reference", "externalReference", "reference", "externalId", "foreign_key")
NOUR = {
    "last_name": "Haddad",
    "first_name": "Nour",
    "birth_day": "11",
    "birth_month": "4",
    "birth_year": "1990",
    "phone": "06 39 98 00 12",
    "email": "nour@exemple.fr",
}


@pytest.fixture
def pages(platform: Running):
    """A visitor of the platform, where one practitioner works every morning."""
    platform.simulator.setup(
        practitioners=[{"id": "alma", "name": "Dr Alma", "hours": HOURS}], motives=[{"id": "m", "name": "Suivi", "duration": 30}]
    )
    with httpx.Client(base_url=platform.simulator.url, follow_redirects=True, trust_env=False) as visitor:
        yield visitor


def offered(pages: httpx.Client, **query: str) -> list[str]:
    tomorrow = (clock.now() + timedelta(days=2)).date()
    chosen = {"practitioner": "alma", "motive": "m", "from": str(tomorrow)} | query
    return re.findall(r'data-start="([^"]+)" data-practitioner="alma"', pages.get(f"/horaires?{urlencode(chosen)}").text)


def booked(pages: httpx.Client, start: str, **typed: str) -> httpx.Response:
    return pages.post("/reserver", data={"practitioner": "alma", "motive": "m", "start": start} | NOUR | typed)


def test_a_patient_books_a_time_that_is_offered(platform: Running, pages: httpx.Client) -> None:
    start = offered(pages)[2]

    answer = booked(pages, start)

    (visit,) = platform.simulator.state()["appointments"]
    assert "Votre rendez-vous est confirmé" in answer.text
    assert (visit["practitioner"], visit["duration"], visit["patient"]["last_name"]) == ("alma", 30, "Haddad")
    assert start not in offered(pages)


def test_a_time_closed_by_the_cabinet_is_not_offered(doctolib: Running) -> None:
    doctolib.simulator.setup(practitioners=[{"id": "alma", "name": "Dr Alma", "hours": HOURS}])
    pages = httpx.Client(base_url=doctolib.simulator.url, trust_env=False)
    before = offered(pages, motive="mot_2")
    busy = {"practitioner_id": "alma", "start_time": before[0], "end_time": before[1]}
    doctolib.api.post("/busy", json=busy).raise_for_status()

    assert offered(pages, motive="mot_2") == before[1:]
    pages.close()


def test_a_lost_race_offers_the_nearest_times(pages: httpx.Client) -> None:
    start = offered(pages)[2]
    booked(pages, start)

    answer = booked(pages, start, last_name="Martin")

    assert answer.status_code == 409
    assert len(re.findall("data-start=", answer.text)) == 3


def test_what_is_missing_is_said_and_what_was_typed_stays(pages: httpx.Client) -> None:
    answer = booked(pages, offered(pages)[0], phone="12", birth_month="13")

    assert answer.status_code == 422
    assert 'value="Haddad"' in answer.text
    assert "Saisissez votre date de naissance" in answer.text


def test_a_patient_moves_a_visit(platform: Running, pages: httpx.Client) -> None:
    first, _, other = offered(pages)[:3]
    booked(pages, first)
    wanted = platform.simulator.state()["appointments"][0]["id"]

    answer = pages.post(f"/rendez-vous/{wanted}/deplacer", data={"start": other})

    assert "Votre rendez-vous est déplacé" in answer.text
    assert first in offered(pages)
    assert other not in offered(pages)


def test_a_patient_cancels_a_visit(platform: Running, pages: httpx.Client) -> None:
    booked(pages, offered(pages)[0])
    wanted = platform.simulator.state()["appointments"][0]["id"]

    answer = pages.post(f"/rendez-vous/{wanted}/annuler")

    assert "Votre rendez-vous est annulé" in answer.text
    assert platform.simulator.appointment(wanted)["status"] == "cancelled"


def test_the_list_finds_a_visit_by_name(pages: httpx.Client) -> None:
    booked(pages, offered(pages)[0])

    found, missed = (pages.get("/rendez-vous", params={"q": name}).text.count("data-appointment=") for name in ("haddad", "martin"))

    assert (found, missed) == (1, 0)


def test_the_ledger_filters_by_client_reference(platform: Running) -> None:
    for reference in ("ours-1", "ours-2"):
        platform.api.get(VISITS[platform.platform], params=dict.fromkeys(REFERENCES, reference))

    calls = platform.simulator.ledger(client_reference="ours-2")["calls"]

    assert [(call["method"], call["path"], call["client_reference"]) for call in calls] == [("GET", VISITS[platform.platform], "ours-2")]


def test_a_fault_can_be_ordered_on_the_ledger_page(platform: Running) -> None:
    form = {"kind": "429", "on": "", "times": "2", "value": "5"}
    httpx.post(f"{platform.simulator.url}/ledger/faults", data=form, follow_redirects=True).raise_for_status()

    answer = platform.api.get("/practitioners")

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")


def test_pages_allow_nothing_foreign(pages: httpx.Client) -> None:
    assert "default-src 'none'; style-src 'self'" in pages.get("/").headers["content-security-policy"]


def test_each_platform_bears_its_own_badge(platform: Running, pages: httpx.Client) -> None:
    badge = {"doctolib": "D", "maiia": "Ma", "keldoc": "K", "clickdoc": "C", "docorga": "Do", "medoucine": "Me"}[platform.platform]

    assert f'aria-hidden="true">{badge}</span><span>Simulateur' in pages.get("/").text
