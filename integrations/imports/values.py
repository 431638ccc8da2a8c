"""What is written in a cell, as exports write it: dates, times, lengths, sex, telephones, whole names."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from medidesk.errors import Refused
from patients.traits import plain

LONGEST_MINUTES = 24 * 60
_DATES = (
    (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)"), (1, 2, 3)),
    (re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)"), (3, 2, 1)),
    (re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)"), (1, 2, 3)),
)
_TIME = re.compile(r"(\d{1,2}) ?[:hH.] ?(\d{2})?(?:[:.m]\d{2})?(?: ?min)?$")
_BARE_TIME = re.compile(r"(\d{2})(\d{2})$")
_MINUTES = re.compile(r"(\d{1,4}) ?(?:m|min|mn|minutes?)?\.?$", re.IGNORECASE)
_LENGTH = re.compile(r"(\d{1,2}) ?(?:h|:) ?(\d{2})?(?::\d{2})?(?: ?min)?$", re.IGNORECASE)
_SEXES = {
    "F": ("f", "feminin", "femme", "mme", "madame", "mlle", "mademoiselle", "fille", "2", "female"),
    "M": ("m", "masculin", "homme", "h", "mr", "monsieur", "garcon", "1", "male"),
    "U": ("", "u", "i", "x", "inconnu", "non precise", "indetermine", "autre", "nc", "0", "9"),
}
_NOT_HELD = ("annul", "absen", "non venu", "manque", "lapin", "cancel", "no show", "excuse", "supprim", "report")


def day(text: str) -> date:
    """`11/04/1987`, `1987-04-11`, also before a time. Raises Refused `date-not-understood`."""
    for pattern, (year, month, dom) in _DATES:
        if found := pattern.match(text):
            try:
                return date(int(found[year]), int(found[month]), int(found[dom]))
            except ValueError:
                break
    raise Refused(_("une date qui existe, en jour/mois/année, l’année en quatre chiffres."), code="date-not-understood")


def wall_time(text: str) -> time:
    """`9h30`, `09:30`, `9 h`, `0930`, also after a date. Raises Refused `time-not-understood`."""
    last = text.replace("\u00a0", " ").strip()
    for pattern, _order in _DATES:
        if found := pattern.match(last):
            last = last[found.end() :].lstrip(" T,à").partition("+")[0].rstrip("Z")
    if found := _TIME.match(last) or _BARE_TIME.match(last):
        try:
            return time(int(found[1]), int(found[2] or 0))
        except ValueError:
            pass
    raise Refused(_("une heure, comme 9h30 ou 09:30."), code="time-not-understood")


def has_time(text: str) -> bool:
    """Does a time stand in that cell, beside a date or alone?"""
    try:
        wall_time(text)
    except Refused:
        return False
    return True


def has_day(text: str) -> bool:
    """Does the cell begin with a date?"""
    return any(pattern.match(text) for pattern, _order in _DATES)


def instant(on: date, at: time, zone: ZoneInfo) -> datetime:
    """That wall time; the first of the two when the clocks go back. Raises Refused `time-does-not-exist` when they skip it."""
    moment = datetime.combine(on, at, tzinfo=zone)
    if datetime.fromtimestamp(moment.timestamp(), zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise Refused(_("Cette heure n’existe pas ce jour-là\u00a0: l’horloge avance."), code="time-does-not-exist")
    return moment


def minutes(text: str) -> timedelta:
    """`30`, `30 min`, `0:30`, `1h15`. Raises Refused `duration-not-understood`."""
    text = text.replace("\u00a0", " ").strip()
    found = 0
    if plain_minutes := _MINUTES.match(text):
        found = int(plain_minutes[1])
    elif length := _LENGTH.match(text):
        found = int(length[1]) * 60 + int(length[2] or 0)
    if not 0 < found <= LONGEST_MINUTES:
        raise Refused(_("un nombre de minutes, ou 1h15."), code="duration-not-understood")
    return timedelta(minutes=found)


def sex(text: str) -> str:
    """F, M or U. Raises Refused `sex-not-understood`."""
    word = plain(text)
    for letter, words in _SEXES.items():
        if word in words:
            return letter
    if word.startswith(("dr", "docteur", "pr", "enfant", "bebe")):
        return "U"
    raise Refused(_("F, M ou vide."), code="sex-not-understood")


def telephone(text: str) -> str:
    """The number with the zero that spreadsheets take away from `612345678`."""
    digits = re.sub(r"[ .\u00a0-]", "", text)
    return f"0{digits}" if re.fullmatch(r"[1-9]\d{8}", digits) else text


def is_held(text: str) -> bool:
    """Does this status say that the visit takes, or took, place?"""
    word = plain(text)
    return not any(sign in word for sign in _NOT_HELD)


def whole_name(text: str) -> tuple[str, str]:
    """(last name, first names) of `DUPONT Jean`, `Dupont, Jean` or `Dupont Jean`.

    The last name is what is in capitals, stands before the comma, or comes first.
    """
    text = " ".join(text.split())
    if "," in text:
        last, _comma, first = text.partition(",")
        return last.strip(), first.strip()
    words = text.split(" ")
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    if capitals and len(capitals) < len(words):
        return " ".join(capitals), " ".join(word for word in words if word not in capitals)
    return words[0], " ".join(words[1:])
