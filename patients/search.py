"""Finding a patient by any part of name, phone or birth date, accents and order ignored, as one types."""

import re
from datetime import date

from django.db import connection

from patients.models import Patient
from patients.traits import plain

_DATE = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})|(\d{4})-(\d{2})-(\d{2})")

_DAY_OF_YEAR = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])")  # « march 11/04 »: a birthday without its year


def search_patients(text: str, limit: int = 20) -> list[Patient]:
    """The living files in which every word of `text` is found (parts of names, digits of the phone, a birth date).

    Names that begin with the first word come first. Words of one or two letters only match where a name begins.
    """
    words, birth, birthdays = _understood(text)
    if not words and birth is None and not birthdays:
        return []
    conditions = ["deleted_at IS NULL"]
    values: list[str | date] = []
    if birth is not None:
        conditions.append("birth_date = %s")
        values.append(birth)
    for birthday in birthdays:
        conditions.append("search LIKE %s")
        values.append(f"% {birthday}/%")
    for word in words:
        conditions.append("search LIKE %s" if len(word) > 2 else "(search LIKE %s OR search LIKE %s)")
        values.extend([f"%{word}%"] if len(word) > 2 else [f"{word}%", f"% {word}%"])
    order = "(search LIKE %s) DESC, " if words else ""
    ranked = [f"{words[0]}%"] if words else []
    sql = f"SELECT id FROM patients_patient WHERE {' AND '.join(conditions)} ORDER BY {order}search, id LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, *ranked, limit])
        ids = [row[0] for row in cursor.fetchall()]
    found = Patient.objects.in_bulk(ids)
    return [found[one] for one in ids if one in found]


def _understood(text: str) -> tuple[list[str], date | None, list[str]]:
    """The words to look for, the birth date when one was typed, birthdays as `11/04`; spaces and dots inside a telephone number are
    dropped."""
    text = text.replace("\0", " ")[:200]
    birth = None
    if (written := _DATE.search(text)) is not None:
        birth = _date_of(written)
        text = text.replace(written.group(0), " ") if birth else text
    birthdays = [f"{int(day):02d}/{int(month):02d}" for day, month in _DAY_OF_YEAR.findall(text)]
    text = _DAY_OF_YEAR.sub(" ", text)
    digits = re.sub(r"(?<=\d)[\s.\-]+(?=\d)", "", text)
    national = re.sub(r"(\+|\b00)33\s*\(?0?\)?\s*(?=\d)", "0", digits)
    return [word.replace("%", "").replace("_", "") for word in plain(national).split()][:8], birth, birthdays


def _date_of(written: re.Match[str]) -> date | None:
    day, month, year, iso_year, iso_month, iso_day = written.groups()
    try:
        return date(int(year), int(month), int(day)) if year else date(int(iso_year), int(iso_month), int(iso_day))
    except ValueError:
        return None
