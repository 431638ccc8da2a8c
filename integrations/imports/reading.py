"""An exported file as a table of texts: limits first, then its encoding, its separator, its lines.

Accepted: UTF-8 with or without byte order mark, Windows-1252; separators `;` `,` tab; quoted cells may hold line ends (RFC 4180).
"""

import csv
import io
import re
from dataclasses import dataclass
from typing import NoReturn

from django.utils.translation import gettext as _

from medidesk.errors import Refused

LARGEST_FILE_BYTES = 5 * 1024 * 1024
MOST_LINES = 20_000
MOST_COLUMNS = 120
LONGEST_CELL = 4_000  # characters; longer ones are cut, no field of ours holds as much
SEPARATORS = (";", "\t", ",")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .ods, .xls
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_SEPARATOR_LINE = re.compile(r"sep=([;,\t])\r?\n", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Row:
    """One line under the headings; `number` is the line of the file on which it begins, `surplus` that it has more cells than headings."""

    number: int
    cells: tuple[str, ...]
    surplus: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows, each row as wide as the headings; lines without any text are left out."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def refuse_size(size: int) -> None:
    """Raise Refused `file-too-large`, `file-empty`. Asked before a byte is read."""
    if size > LARGEST_FILE_BYTES:
        _refuse("file-too-large", _("Ce fichier dépasse 5 Mo. Partagez-le en plusieurs fichiers."))
    if size == 0:
        _refuse("file-empty", _("Ce fichier est vide."))


def decode(content: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding. Raises Refused `file-too-large`, `file-empty`, `file-is-workbook`, `file-not-text`."""
    refuse_size(len(content))
    if content.startswith(_WORKBOOKS):
        _refuse("file-is-workbook", _("Ce fichier est un classeur. Dans le tableur, enregistrez-le au format CSV (UTF-8)."))
    if content.startswith(_WIDE):
        _refuse("file-not-text", _("L’encodage de ce fichier n’est pas lu ici (UTF-16). Enregistrez-le en CSV UTF-8."))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text, "UTF-8" if encoding == "utf-8-sig" else "Windows-1252"
        break
    _refuse("file-not-text", _("Ce fichier n’est pas un texte lisible. Enregistrez-le en CSV UTF-8."))


def read_csv(text: str) -> Table:
    """The table. Raises Refused `file-empty`, `file-not-csv`, `too-many-lines`, `too-many-columns`."""
    first = 1
    if declared := _SEPARATOR_LINE.match(text):
        text, first = text[declared.end() :], 2
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=declared.group(1) if declared else _separator(text), strict=True)
    headings: tuple[str, ...] = ()
    rows: list[Row] = []
    begins = first
    try:
        for cells in lines:
            number, begins = begins, first + lines.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if headings:
                rows.append(_row(number, cells, len(headings)))
            else:
                headings = _headings(cells)
            if len(rows) > MOST_LINES:
                _refuse("too-many-lines", _("Ce fichier a plus de 20 000 lignes. Partagez-le en plusieurs fichiers."))
    except csv.Error:
        at = _("Ce fichier n’est pas un CSV lisible\u00a0: un guillemet mal fermé à partir de la ligne %(line)s.")
        _refuse("file-not-csv", at % {"line": begins})
    if not rows:
        _refuse("file-empty", _("Ce fichier n’a aucune ligne sous les titres des colonnes."))
    return Table(headings, tuple(rows))


def _headings(cells: list[str]) -> tuple[str, ...]:
    if len(cells) > MOST_COLUMNS:
        _refuse("too-many-columns", _("Ce fichier a plus de 120 colonnes. Gardez celles qui servent."))
    return tuple(" ".join(cell.split())[:100] or _("Colonne %(number)s") % {"number": n} for n, cell in enumerate(cells, 1))


def _row(number: int, cells: list[str], width: int) -> Row:
    kept = [cell.strip()[:LONGEST_CELL] for cell in cells[:width]]
    return Row(number, tuple(kept + [""] * (width - len(kept))), any(cell.strip() for cell in cells[width:]))


def _separator(text: str) -> str:
    """The one that parts the line of headings most often, quoted texts aside."""
    bare = re.sub(r'"[^"]*"', "", text[:20_000]).lstrip("\r\n").partition("\n")[0]
    return max(SEPARATORS, key=bare.count)


def _refuse(code: str, message: str) -> NoReturn:
    raise Refused(message, code=code, pointer="/file")
