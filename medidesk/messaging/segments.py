"""What an SMS weighs: its alphabet, its segments, its cost (3GPP TS 23.038 and 23.040)."""

from dataclasses import dataclass
from decimal import Decimal

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "^{}\\[~]|€\f"  # an escape precedes each: two places

GSM_SINGLE, GSM_PART = 160, 153  # septets in one message; in a part of several, seven go to the header
UCS_SINGLE, UCS_PART = 70, 67  # UTF-16 units, likewise

_SEPTETS = {**dict.fromkeys(_BASIC, 1), **dict.fromkeys(_EXTENDED, 2)}
_CLOSEST = str.maketrans(
    {
        "ç": "c", "ê": "e", "ë": "e", "â": "a", "á": "a", "î": "i", "ï": "i", "í": "i", "ô": "o", "ó": "o", "û": "u", "ú": "u", "ÿ": "y",
        "œ": "oe", "Œ": "OE", "À": "A", "Â": "A", "È": "E", "Ê": "E", "Ë": "E", "Î": "I", "Ï": "I", "Ô": "O", "Ù": "U", "Û": "U", "Ÿ": "Y",
        "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "°": "o",
        "\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Weight:
    """`alphabet` is GSM-7 or UCS-2; `units` are septets or UTF-16 units."""

    alphabet: str
    units: int
    segments: int


def weigh(text: str) -> Weight:
    """Say what `text` weighs as one SMS; an empty text is one segment, as networks bill it."""
    if all(character in _SEPTETS for character in text):
        places = [_SEPTETS[character] for character in text]
        return Weight("GSM-7", sum(places), _parts(places, GSM_SINGLE, GSM_PART))
    places = [len(character.encode("utf-16-le")) // 2 for character in text]
    return Weight("UCS-2", sum(places), _parts(places, UCS_SINGLE, UCS_PART))


def _parts(places: list[int], single: int, part: int) -> int:
    """How many segments; a character of two places never straddles two of them."""
    if sum(places) <= single:
        return 1
    parts, filled = 1, 0
    for width in places:
        if filled + width > part:
            parts, filled = parts + 1, 0
        filled += width
    return parts


def lighten(text: str) -> str:
    """Return `text` with ordinary spaces, and with its rarer letters replaced by their closest (ê by e) when that saves a segment."""
    spaced = text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    lighter = spaced.translate(_CLOSEST)
    return lighter if weigh(lighter).segments < weigh(spaced).segments else spaced


def cost(text: str, price: Decimal) -> Decimal:
    """The price of `text`, `price` (euros) being that of one segment."""
    return weigh(text).segments * price
