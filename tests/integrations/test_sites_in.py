"""The site that a platform says is the visit's; one that is not related is where the practitioner usually is."""

import pytest

from agenda.models import Site
from integrations.connections.mapping import Decision, save_mappings
from medidesk import clock
from tests.agenda.diary import make_site
from tests.integrations.house import BASILE, monday

CENTER = "c-1"


@pytest.fixture
def annexe(house) -> Site:
    """A second site, where Alma has no hours."""
    return make_site(name="Annexe")


def relate(house, site) -> int:
    wanted = {"practitioners": {}, "reasons": {}, "sites": {CENTER: site}, "actor": BASILE, "now": clock.now()}
    return save_mappings(house.connections["maiia"], **wanted)


def came(house) -> Site:
    """Where a visit that Jean books on Maiia takes place."""
    there = house.book_there("maiia", monday(10))
    house.settle()
    return house.visit("maiia", there).site


def test_a_site_that_is_related_is_the_visits(house, annexe):
    relate(house, annexe.id)

    assert came(house) == annexe


def test_a_site_that_is_not_related_is_the_practitioners_usual_one(house, annexe):
    assert came(house) == house.sites


def test_a_site_left_alone_is_the_practitioners_usual_one(house, annexe):
    assert [relate(house, Decision.LEAVE), relate(house, Decision.LEAVE)] == [1, 0]

    assert came(house) == house.sites


def test_a_visit_moved_there_keeps_its_site(house, annexe):
    relate(house, annexe.id)
    there = house.book_there("maiia", monday(10))
    house.settle()

    house.simulators["maiia"].move(there, monday(15).isoformat())
    house.settle()

    visit = house.visit("maiia", there)
    assert (visit.start, visit.site) == (monday(15), annexe)
