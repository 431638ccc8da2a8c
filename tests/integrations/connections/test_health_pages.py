"""The list and the health of connections, as the secretary reads them; and what can be done from there."""

import html
import uuid

import pytest

from integrations.comparison.pulling import reconcile_due
from integrations.comparison.releasing_brake import release_brake
from integrations.models import Connection, ConnectionAct, InboundEvent, OutboundChange
from integrations.outgoing.giving_up import give_up_change
from integrations.outgoing.replaying import replay_change
from medidesk import clock
from medidesk.accounts.models import Role, User
from medidesk.due.models import DuePointer
from medidesk.errors import NotFound, Refused
from tests.agenda.diary import at
from tests.integrations.connections.conftest import tell
from tests.integrations.house import BASILE


def shown(answer) -> str:
    """The page, its entities as people read them."""
    return html.unescape(answer.content.decode())


def page_of(connection: Connection) -> str:
    """The address of its health."""
    return f"/connexions/{connection.pk}"


def kinds(connection: Connection) -> list[tuple[str, str]]:
    """Who did what."""
    return list(connection.acts.values_list("by", "kind"))


def brake(connection: Connection, diary) -> None:
    """Seven cancellations wait."""
    connection.brake_held = [{"practitioner": str(diary.alma.pk), "cancellations": 7, "at": clock.now().isoformat()}]
    connection.save()


def test_the_list_shows_each_lamp_and_what_is_to_settle(desk, diary, connection):
    tell(connection, uuid.uuid4(), "dead")

    page = shown(desk.get("/connexions/"))

    assert "Doctolib lu il y a 0 s, 0 écart" in page
    assert "1 à régler" in page


def test_a_practitioner_alone_is_told_there_is_no_such_page(sign_in, connection):
    browser = sign_in(User.objects.create_user("seule@tourcoing.example", full_name="S", role=Role.PRACTITIONER))

    assert [browser.get(path).status_code for path in ("/connexions/", page_of(connection))] == [404, 404]
    assert "Connexions" not in shown(browser.get("/agenda/"))


def test_an_unknown_connection_is_no_page(desk):
    assert desk.get(f"/connexions/{uuid.uuid4()}").status_code == 404


def test_the_health_tells_the_ledger_in_french(desk, diary, connection):
    visit = diary.book(at(9))
    tell(connection, visit.pk, "done")
    tell(connection, visit.pk, "dead", detail="Refused: 422 invalid")
    InboundEvent.objects.create(connection=connection, event_id="e1", visit_key="apt_1", raw=b"{}", state="unmapped")

    page = shown(desk.get(page_of(connection)))

    assert "nouveau rendez-vous" in page
    assert "la plateforme a refusé (422 invalid)" in page
    assert "praticien non relié" in page


def test_an_error_and_its_pause_are_sentences(desk, connection):
    Connection.objects.update(last_error="KeyRefused: 401", failures=6, paused_until=clock.now().replace(year=2099))

    page = shown(desk.get(page_of(connection)))

    assert "la plateforme refuse la clé (401)" in page
    assert "Nouvel essai à" in page


def test_the_rehearsal_reports_each_night(desk, connection):
    Connection.objects.update(mode="rehearsal", rehearsal={"at": clock.now().isoformat(), "visits": 3, "closed_times": 12})

    assert "3 rendez-vous écrits et 12 horaires fermés" in shown(desk.get(page_of(connection)))


def test_the_queries_do_not_grow(desk, diary, connection, count_queries):
    def fill(many: int) -> None:
        for n in range(many):
            tell(connection, uuid.uuid4(), "dead")
            tell(connection, uuid.uuid4(), "blocked")
            InboundEvent.objects.create(connection=connection, event_id=f"{many}-{n}", visit_key=f"v{n}", raw=b"{}")

    fill(1)
    desk.get(page_of(connection))
    few = count_queries(lambda: desk.get(page_of(connection)))
    fill(20)

    assert count_queries(lambda: desk.get(page_of(connection))) == few


def test_the_list_asks_the_same_for_thirty(desk, connection, count_queries):
    desk.get("/connexions/")
    one = count_queries(lambda: desk.get("/connexions/"))
    for _more in range(29):
        Connection.objects.create(platform="maiia", base_url="https://maiia.example")

    assert count_queries(lambda: desk.get("/connexions/")) == one


def test_a_dead_letter_is_sent_again(desk, basile, connection):
    change = tell(connection, uuid.uuid4(), "dead", attempts=40)

    answer = desk.post(f"{page_of(connection)}/envois/{change.pk}/rejouer", follow=True)

    change.refresh_from_db()
    assert (change.state, change.attempts) == ("waiting", 0)
    assert "Le changement est renvoyé." in shown(answer)
    assert kinds(connection) == [(basile.full_name, "replayed")]


def test_what_does_not_wait_is_not_sent_again(desk, connection):
    change = tell(connection, uuid.uuid4(), "done")

    answer = desk.post(f"{page_of(connection)}/envois/{change.pk}/rejouer", follow=True)

    assert "Ce changement n’attend plus." in shown(answer)
    assert not ConnectionAct.objects.exists()


@pytest.mark.parametrize("state", ["dead", "blocked"])
def test_a_change_is_given_up(desk, connection, state):
    change = tell(connection, uuid.uuid4(), state)

    desk.post(f"{page_of(connection)}/envois/{change.pk}/abandonner")

    change.refresh_from_db()
    assert change.state == "dropped"
    assert [kind for _by, kind in kinds(connection)] == ["given-up"]


@pytest.mark.parametrize("verb", [give_up_change, replay_change])
def test_a_change_of_another_connection_is_out_of_reach(connection, verb):
    other = Connection.objects.create(platform="maiia", base_url="https://maiia.example")
    change = tell(other, uuid.uuid4(), "dead")

    with pytest.raises(NotFound):
        verb(connection, change.pk, actor=BASILE, now=clock.now())


def test_refused_times_are_asked_for_again(desk, connection):
    tell(connection, uuid.uuid4(), "blocked")

    desk.post(f"{page_of(connection)}/horaires-refuses")

    assert OutboundChange.objects.get().state == "waiting"


def test_a_comparison_is_asked_of_a_worker(desk, connection):
    desk.post(f"{page_of(connection)}/comparer")

    assert DuePointer.objects.get(kind="reconcile", reference=connection.pk).due_at <= clock.now()
    assert [kind for _by, kind in kinds(connection)] == ["compared"]


def test_a_connection_that_is_cut_is_not_compared(desk, connection):
    Connection.objects.update(mode="off")

    assert "Cette connexion est coupée." in shown(desk.post(f"{page_of(connection)}/comparer", follow=True))


def test_the_brake_names_what_it_holds_and_lets_go(desk, diary, connection):
    brake(connection, diary)
    assert f"{diary.alma.name} : 7 annulations" in shown(desk.get(page_of(connection))).replace("\u00a0", " ")

    desk.post(f"{page_of(connection)}/annulations")

    connection.refresh_from_db()
    assert connection.release_asked_at is not None
    assert "Accord donné, en cours" in shown(desk.get(page_of(connection)))


def test_there_must_be_something_to_release(connection):
    with pytest.raises(NotFound):
        release_brake(connection, actor=BASILE, now=clock.now())


def test_nothing_is_released_for_a_connection_that_is_cut(diary, connection):
    connection.mode = "off"
    brake(connection, diary)

    with pytest.raises(Refused):
        release_brake(connection, actor=BASILE, now=clock.now())


def test_a_release_waits_for_a_whole_comparison(diary, connection, settings):
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = True
    connection.base_url = "http://127.0.0.1:9/v1"
    brake(connection, diary)
    release_brake(connection, actor=BASILE, now=clock.now())

    reconcile_due(clock.now())

    connection.refresh_from_db()
    assert connection.release_asked_at is not None
