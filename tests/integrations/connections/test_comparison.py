"""How far a comparison is, on the connection's page: asked for, under way, over."""

from datetime import timedelta

import pytest

from integrations.comparison.asking_comparison import compare_soon
from integrations.comparison.progress import progress_of, shown
from integrations.desk.comparison import Comparison, comparison_of
from medidesk import clock
from medidesk.due import pointers
from tests.integrations.connections.test_health_pages import page_of
from tests.integrations.connections.test_health_pages import shown as text_of


def test_nothing_is_said_when_nothing_is_going_on(desk, connection):
    assert comparison_of(connection, clock.now()) is None
    assert "<progress" not in text_of(desk.get(page_of(connection)))


def test_what_was_asked_for_is_about_to_begin(connection):
    compare_soon(connection, clock.now())

    assert comparison_of(connection, clock.now()) == Comparison("La comparaison avec Doctolib va commencer", "")


def test_the_first_reading_is_called_so(connection):
    connection.last_read_at = None
    pointers.point("pull", [connection.pk], clock.now())

    assert comparison_of(connection, clock.now()) == Comparison("La première lecture de l’agenda de Doctolib va commencer", "")


@pytest.mark.parametrize(
    ("done", "seconds", "sentence"),
    [
        (0, 0, "0 rendez-vous sur 10 000, il en reste 10 000."),
        (2_500, 20, "2 500 rendez-vous sur 10 000, il en reste 7 500, encore une minute environ."),
        (5_000, 300, "5 000 rendez-vous sur 10 000, il en reste 5 000, encore 5 minutes environ."),
        (9_900, 60, "9 900 rendez-vous sur 10 000, il en reste 100, encore quelques secondes."),
        (10_000, 60, "10 000 rendez-vous sont lus. Dernières vérifications."),
    ],
)
def test_it_says_how_many_of_how_many_and_for_how_long_still(connection, done, seconds, sentence):
    with shown(connection) as tell:
        tell(done, 10_000)
        found = comparison_of(connection, progress_of(connection.pk).since + timedelta(seconds=seconds))

    assert found.figures.replace("\u202f", " ").replace("\xa0", " ") == sentence
    assert (found.doing, found.done, found.total) == ("Comparaison avec l’agenda de Doctolib", done, 10_000)


def test_while_the_platform_is_asked_nobody_knows_how_many(connection):
    with shown(connection):
        assert comparison_of(connection, clock.now()).figures == "Liste des rendez-vous en cours de réception."

    assert comparison_of(connection, clock.now()) is None


def test_it_ends_even_when_the_comparison_fails(connection):
    with pytest.raises(ZeroDivisionError), shown(connection):
        raise ZeroDivisionError

    assert progress_of(connection.pk) is None


def test_the_page_shows_a_bar_that_is_kept_true(desk, connection):
    with shown(connection) as tell:
        tell(250, 1_000)
        page = text_of(desk.get(page_of(connection)))

    assert '<progress class="work-progress" max="1000" value="250" aria-labelledby="comparing">' in page
    assert "Vous pouvez quitter cette page" in page
    assert "js/at-work.js" in page


def test_a_connection_that_is_cut_compares_nothing(connection):
    compare_soon(connection, clock.now())
    connection.mode = "off"

    assert comparison_of(connection, clock.now()) is None
