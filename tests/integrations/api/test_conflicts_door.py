"""What was decided between two diaries, over REST."""

from integrations.models import Connection, FieldConflict
from tests.agenda.diary import Diary, at
from tests.conftest import TOURCOING
from tests.partners import Partner


def test_conflicts_show_both_sides_and_the_decision(cabinet):
    partner = Partner(TOURCOING, "agenda:read")
    visit = Diary().book(at(9))
    connection = Connection.objects.create(platform="doctolib", base_url="http://localhost:1")
    row = FieldConflict.objects.create(connection=connection, appointment=visit, kind="start", ours="a", theirs="b", decided="theirs")

    results = partner.get("conflicts").json()["results"]

    assert [{name: one[name] for name in one if name != "at"} for one in results] == [
        {"id": str(row.id), "kind": "start", "appointment": str(visit.id), "ours": "a", "theirs": "b", "decided": "theirs"}
    ]
