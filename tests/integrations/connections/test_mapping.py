"""Who is who: proposals by likeness, what is kept, what waited and then enters the agenda."""

import json
import uuid

import pytest

from agenda.models import Appointment
from integrations.connections.likeness import Named, propose, score
from integrations.connections.mapping import save_mappings
from integrations.incoming import inbox
from integrations.models import Connection, ExternalReference, InboundEvent
from medidesk import clock
from medidesk.errors import Refused
from tests.agenda.diary import at, make_practitioner
from tests.integrations.connections.test_health_pages import page_of, shown
from tests.integrations.house import BASILE
from tests.integrations.simulators.processes import PREFIXES

EVENT = {
    "event": "appointment.created",
    "event_id": "evt_1",
    "data": {
        "appointment": {"id": "apt_1", "start_time": "2026-03-09T09:00:00+01:00", "duration": 20, "status": "confirmed", "version": 1},
        "patient": {"first_name": "Jean", "last_name": "Dupont", "birth_date": "1980-05-17"},
        "practitioner": {"id": "pra_9", "name": "Dr Delcourt"},
    },
}


@pytest.fixture
def there(hooks, doctolib, connection, diary) -> Connection:
    """Doctolib, where nobody is related yet: Alma and somebody else, her reason and another."""
    connection.practitioners.all().delete()
    connection.base_url = doctolib.simulator.url + PREFIXES["doctolib"]
    connection.save()
    doctolib.simulator.setup(
        practitioners=[{"id": "pra_9", "name": diary.alma.name.upper()}, {"id": "pra_8", "name": "Zoé Quint"}],
        motives=[
            {"id": "mot_9", "name": diary.reason.name, "duration": diary.reason.duration_minutes},
            {"id": "mot_8", "name": "Xylophone", "duration": 90},
        ],
    )
    return connection


def address(connection: Connection) -> str:
    """The page."""
    return f"{page_of(connection)}/correspondances"


def test_likely_pairs_are_proposed_and_chosen_beforehand(owner, diary, there):
    page = shown(owner.get(address(there)))

    assert page.count("Proposé, 100 % semblable") == 2
    assert f'<option value="{diary.alma.pk}" selected>' in page
    assert "0 sur 2 reliés" in page
    assert not there.practitioners.exists()


def test_what_waited_enters_the_agenda_once_it_is_related(owner, diary, there):
    inbox.store(there, json.dumps(EVENT).encode(), "m1", clock.now())
    inbox.apply_due(clock.now())
    assert InboundEvent.objects.get().state == "unmapped"
    assert "1 rendez-vous attend" in shown(owner.get(address(there)))

    chosen = {"praticien:pra_9": str(diary.alma.pk), "praticien:pra_8": "", "motif:mot_9": str(diary.reason.pk), "motif:mot_8": ""}
    answer = owner.post(address(there), chosen, follow=True)
    inbox.apply_due(clock.now())

    assert "2 correspondances enregistrées." in shown(answer)
    assert Appointment.objects.get().practitioner == diary.alma
    assert [(one.kind, one.detail) for one in there.acts.all()] == [("mapped", "2")]


def test_after_the_owner_has_chosen_nothing_is_chosen_for_them(owner, diary, there):
    owner.post(address(there), {"praticien:pra_9": str(diary.alma.pk), "motif:mot_9": "", "motif:mot_8": ""})

    page = shown(owner.get(address(there)))

    assert "1 sur 2 reliés" in page
    assert f'<option value="{diary.reason.pk}" selected>' not in page
    assert "100 % semblable" in page


def test_the_coverage_counts_the_visits_received(owner, diary, there):
    there.reason_mappings.create(visit_reason=diary.reason, external_id="mot_9")
    for number, reason in enumerate(["mot_9", "mot_9", "mot_9", "mot_8"]):
        visit = diary.book(at(9 + number // 2, 30 * (number % 2)))
        ExternalReference.objects.create(
            connection=there, kind="visit", external_id=f"a{number}", appointment=visit, content={"reason": reason}
        )

    page = shown(owner.get(address(there))).replace("\u00a0", " ")

    assert "1 motifs sur 2, 75 % des rendez-vous reçus" in page


def test_one_who_left_the_platform_is_still_shown(owner, diary, there):
    there.practitioners.create(practitioner=diary.alma, external_id="pra_old")

    assert "n’existe plus là-bas" in shown(owner.get(address(there)))


def test_a_platform_that_is_away_is_said(owner, there):
    Connection.objects.update(base_url="http://127.0.0.1:9/v1")

    assert "n’ont pas pu être lues : la plateforme n’a pas répondu" in shown(owner.get(address(there))).replace("\u00a0", " ")


def test_one_practitioner_is_not_two_there(owner, diary, there):
    answer = owner.post(address(there), {"praticien:pra_9": str(diary.alma.pk), "praticien:pra_8": str(diary.alma.pk)})

    assert answer.status_code == 422
    assert "à un seul agenda" in shown(answer)


def test_two_practitioners_change_places(connection, diary):
    ines = make_practitioner(diary.site, last_name="Blin")
    connection.practitioners.create(practitioner=ines, external_id="pra_002")

    wanted = {"pra_001": ines.pk, "pra_002": diary.alma.pk}
    changed = save_mappings(connection, practitioners=wanted, reasons={}, actor=BASILE, now=clock.now())

    assert (changed, dict(connection.practitioners.values_list("external_id", "practitioner_id"))) == (2, wanted)


def test_saving_the_same_changes_nothing(connection, diary):
    wanted = {"pra_001": diary.alma.pk}

    assert save_mappings(connection, practitioners=wanted, reasons={}, actor=BASILE, now=clock.now()) == 0
    assert not connection.acts.exists()


def test_somebody_is_no_longer_related(connection):
    save_mappings(connection, practitioners={"pra_001": None}, reasons={"mot_1": None}, actor=BASILE, now=clock.now())

    assert not connection.practitioners.exists()


def test_somebody_unknown_is_refused(connection):
    with pytest.raises(Refused) as refused:
        save_mappings(connection, practitioners={"pra_9": uuid.uuid4()}, reasons={}, actor=BASILE, now=clock.now())

    assert refused.value.code == "unknown-reference"


@pytest.mark.parametrize("data", [{"praticien:pra_9": "alma"}, {"motif:m": "x"}])
def test_what_no_select_sends_is_no_page(owner, connection, data):
    assert owner.post(address(connection), data).status_code == 404


def test_a_connection_that_is_cut_has_no_lists(owner, connection):
    Connection.objects.update(mode="off")

    assert owner.get(address(connection)).status_code == 404


def test_a_secretary_relates_nobody(desk, connection):
    assert desk.get(address(connection)).status_code == 404


@pytest.mark.parametrize(
    ("ours", "theirs", "points"),
    [
        (("Minh Nguyen", 0), ("Dr NGUYEN Minh", 0), 100),
        (("Bilan initial", 30), ("bilan initial", 30), 100),
        (("Bilan initial", 30), ("Bilan initial", 15), 90),
        (("Dr", 0), ("Dr", 0), 0),
    ],
)
def test_likeness(ours, theirs, points):
    assert score(Named("a", *ours), Named("b", *theirs)) == points


def test_the_surest_pair_goes_first_and_once():
    ours = [Named(str(uuid.UUID(int=1)), "Consultation de suivi")]
    theirs = [Named("x", "Consultation suivi"), Named("y", "Consultation de suivi")]

    assert set(propose(ours, theirs, once=True)) == {"y"}
    assert set(propose(ours, theirs, once=False)) == {"x", "y"}


def test_sites_are_those_that_visits_came_from(owner, diary, there):
    visit = diary.book(at(9))
    ExternalReference.objects.create(connection=there, kind="visit", external_id="a1", appointment=visit, content={"site": "c-1"})
    assert "0 lieux sur 1, 0 % des rendez-vous reçus" in shown(owner.get(address(there))).replace("\u00a0", " ")

    owner.post(address(there), {"lieu:c-1": str(diary.site.pk)})

    assert "1 lieux sur 1, 100 % des rendez-vous reçus" in shown(owner.get(address(there))).replace("\u00a0", " ")
    assert there.site_mappings.get().site == diary.site
