"""A reason related after its visits came: those to come that have none get it."""

from agenda.models import JournalEntry
from integrations.connections.mapping import save_mappings
from integrations.models import OutboundChange
from medidesk import clock
from tests.agenda.diary import make_reason
from tests.integrations.house import BASILE, monday


def test_visits_to_come_get_the_reason_that_is_related_later(house):
    there = house.book_there("doctolib", monday(10), motive="mot_2")
    house.settle()
    visit = house.visit("doctolib", there)
    assert visit.visit_reason is None
    other = make_reason(house.alma, name="Bilan", buffer_after_minutes=10)

    save_mappings(house.connections["doctolib"], practitioners={}, reasons={"mot_2": other.id}, actor=BASILE, now=clock.now())
    house.settle()

    visit.refresh_from_db()
    assert (visit.visit_reason, visit.start, visit.end) == (other, monday(10), monday(10, 30))
    assert list(JournalEntry.objects.filter(act="reason").values_list("by", flat=True)) == [BASILE.name]
    assert house.writes("doctolib") == []
    assert house.busy("maiia") == [(monday(10), monday(10, 40))]
    assert not OutboundChange.objects.exclude(state="done").exists()


def test_a_visit_that_has_a_reason_keeps_it(house):
    there = house.book_there("doctolib", monday(10))
    house.settle()
    other = make_reason(house.alma, name="Bilan")

    save_mappings(house.connections["doctolib"], practitioners={}, reasons={"mot_1": other.id}, actor=BASILE, now=clock.now())

    assert house.visit("doctolib", there).visit_reason == house.reason
