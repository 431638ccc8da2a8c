from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
import time_machine

from medidesk import french
from medidesk.templatetags import french as filters

TODAY = date(2026, 11, 23)


def plain(text):
    return text.replace(french.NBSP, " ")


@pytest.mark.parametrize(("moment", "shown"), [(time(9, 20), "9 h 20"), (time(14), "14 h"), (time(0, 5), "0 h 05")])
def test_running_text_drops_the_minutes_on_the_hour(moment, shown):
    assert plain(french.clock_time(moment)) == shown


def test_chips_keep_the_minutes_on_the_hour():
    assert plain(french.chip_time(time(14))) == "14 h 00"


def test_a_moment_is_said_in_full_without_the_current_year():
    assert plain(french.long_moment(datetime(2026, 11, 24, 9, 20), TODAY)) == "mardi 24 novembre à 9 h 20"


def test_another_year_is_named():
    assert plain(french.long_day(date(2027, 1, 5), TODAY)) == "mardi 5 janvier 2027"


def test_the_first_of_the_month_is_ordinal_and_raised_on_pages():
    assert plain(french.long_day(date(2026, 12, 1), TODAY)) == "mardi 1er décembre"
    assert plain(filters.day_and_month(date(2026, 12, 1))) == "1<sup>er</sup> décembre"


def test_no_ordinary_space_can_break_an_hour_or_a_date_in_two():
    assert french.long_moment(datetime(2026, 11, 24, 9, 20), TODAY) == "mardi 24\u00a0novembre à 9\u00a0h\u00a020"


@pytest.mark.parametrize(("offset", "word"), [(0, "aujourd’hui"), (1, "demain"), (2, ""), (-1, "")])
def test_only_today_and_tomorrow_have_a_word(offset, word):
    assert french.near_day(date(2026, 11, 23 + offset), TODAY) == word


def test_professionals_read_short_days():
    assert plain(french.short_day(date(2026, 11, 24))) == "mar. 24 nov."
    assert french.numeric_day(date(1987, 4, 11)) == "11/04/1987"


@pytest.mark.parametrize(("minutes", "shown"), [(20, "20 min"), (60, "1 h"), (75, "1 h 15"), (125, "2 h 05")])
def test_lengths(minutes, shown):
    assert plain(french.length(minutes)) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+33639980012", "06 39 98 00 12"),
        ("0033 6 39 98 00 12", "06 39 98 00 12"),
        ("+262262123456", "02 62 12 34 56"),
        ("+4930123456", "+49 30 123456"),
        ("poste 12", "poste 12"),
    ],
)
def test_phones(number, shown):
    assert plain(french.phone(number)) == shown


@pytest.mark.parametrize(
    ("euros", "shown"), [(30, "30 €"), (Decimal("26.5"), "26,50 €"), (1234, "1 234 €"), (Decimal("466.50"), "466,50 €")]
)
def test_money(euros, shown):
    assert plain(french.money(euros)) == shown


@pytest.mark.parametrize(("value", "shown"), [(60, "60 %"), (12.5, "12,5 %")])
def test_percentages(value, shown):
    assert plain(french.percent(value)) == shown


@pytest.mark.parametrize(("name", "letters"), [("Dr Hélène Aubry", "HA"), ("Claire Ferrand", "CF"), ("Élodie", "É"), ("", "")])
def test_initials(name, letters):
    assert filters.initials(name) == letters


def test_filters_show_instants_in_the_wall_time_of_the_cabinet(settings):
    settings.TIME_ZONE = "Europe/Paris"

    assert plain(filters.clock_time(datetime(2026, 7, 1, 7, 20, tzinfo=UTC))) == "9 h 20"


def test_titles_never_cut_rendez_vous_and_stay_escaped():
    assert filters.together("Mes rendez-vous <b>") == 'Mes <span class="nowrap">rendez-vous</span> &lt;b&gt;'


@time_machine.travel(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), tick=False)
def test_scripts_are_told_how_long_it_still_is_rather_than_until_when():
    moments = [datetime(2026, 11, 24, 9, 15, tzinfo=UTC), datetime(2026, 11, 24, 8, 59, tzinfo=UTC)]

    assert [filters.seconds_left(moment) for moment in moments] == [900, 0]
