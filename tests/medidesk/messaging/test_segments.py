"""An SMS is billed by the segment."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medidesk.messaging.segments import Weight, cost, lighten, weigh


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Weight("GSM-7", 0, 1)),
        ("a" * 160, Weight("GSM-7", 160, 1)),
        ("a" * 161, Weight("GSM-7", 161, 2)),
        ("a" * 306, Weight("GSM-7", 306, 2)),
        ("a" * 307, Weight("GSM-7", 307, 3)),
        ("€" * 80, Weight("GSM-7", 160, 1)),
        ("€" * 81, Weight("GSM-7", 162, 2)),
        ("à é è ù ì ò ä ö ü ñ æ Ç É", Weight("GSM-7", 25, 1)),
        ("ê" * 70, Weight("UCS-2", 70, 1)),
        ("ê" * 71, Weight("UCS-2", 71, 2)),
        ("ê" * 134, Weight("UCS-2", 134, 2)),
        ("ê" * 135, Weight("UCS-2", 135, 3)),
        ("\N{GRINNING FACE}" * 35, Weight("UCS-2", 70, 1)),
        ("\N{GRINNING FACE}" * 36, Weight("UCS-2", 72, 2)),
    ],
)
def test_weigh(text, expected):
    assert weigh(text) == expected


def test_weigh_never_splits_an_escaped_character():
    # 152 + a two-place sign: the sign goes to the second part, so 306 places need three parts.
    assert weigh("a" * 152 + "€" + "a" * 152) == Weight("GSM-7", 306, 3)


def test_weigh_never_splits_a_surrogate_pair():
    assert weigh("ê" * 66 + "\N{GRINNING FACE}" + "ê" * 66) == Weight("UCS-2", 134, 3)


@pytest.mark.parametrize("letter", list("çêëâîïôûœÀÈÊËÎÏÔÛŒ«»’–…°"))
def test_weigh_french_letters_out_of_the_basic_alphabet(letter):
    assert weigh(letter).alphabet == "UCS-2"


def test_lighten_keeps_accents_when_nothing_is_saved():
    assert lighten("Empêché ?") == "Empêché ?"


def test_lighten_drops_accents_to_save_a_segment():
    assert lighten("Empêché : " + "a" * 80) == "Empeché : " + "a" * 80


def test_lighten_uses_ordinary_spaces():
    assert lighten("9\N{NO-BREAK SPACE}h\N{NARROW NO-BREAK SPACE}20") == "9 h 20"


@given(st.text())
def test_lighten_never_weighs_more(text):
    assert weigh(lighten(text)).segments <= weigh(text).segments


def test_cost_is_by_the_segment():
    assert cost("a" * 161, Decimal("0.06")) == Decimal("0.12")
