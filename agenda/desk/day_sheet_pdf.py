"""The sheet of the day as a PDF: A4 landscape, one block per practitioner, to pin up or to work from when nothing else works."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, LongTable, PageTemplate, Paragraph, Spacer, TableStyle

from agenda.desk.day import Column, Grid, Placed
from agenda.models import Status
from medidesk import french

FONTS = Path(__file__).resolve().parent.parent / "reference" / "fonts"
REGULAR, BOLD = "Sheet", "Sheet-Bold"
WIDTH, HEIGHT = landscape(A4)
MARGIN, GAP, HEAD, FOOT = 9 * mm, 5 * mm, 11 * mm, 7 * mm
COLUMNS = 3  # blocks side by side
BLOCK = (WIDTH - 2 * MARGIN - (COLUMNS - 1) * GAP) / COLUMNS
TIME = 11 * mm
INK, LINE = HexColor("#1c2b26"), HexColor("#999999")


def day_sheet_pdf(grid: Grid, day: date, *, cabinet: str, now: datetime, with_reasons: bool) -> bytes:
    """The day of the grid's columns as a PDF; `now`, on the cabinet's wall, is the printed time. Without reasons for cabinets that
    want none on paper. A block goes on in the next column or page, its name repeated."""
    _register_fonts()
    made = BytesIO()
    title = _("%(cabinet)s, %(day)s") % {"cabinet": cabinet, "day": french.long_day(day, now.date())}
    document = BaseDocTemplate(
        made, pagesize=(WIDTH, HEIGHT), title=_("Feuille du %(day)s") % {"day": day.isoformat()}, author="MediDesk", invariant=1,
        leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
    )  # fmt: skip
    document.addPageTemplates(PageTemplate(frames=list(_frames())))
    printed = _("Imprimé le %(day)s à %(time)s. Document confidentiel, à détruire en fin de journée.") % {
        "day": french.numeric_day(now.date()), "time": f"{now:%H:%M}",
    }  # fmt: skip
    blocks = [part for column in grid.columns for part in _block(column, with_reasons)] or [_text(_("Aucun praticien dans cet agenda."))]
    document.build(blocks, canvasmaker=_numbered(title, printed))
    return made.getvalue()


@lru_cache(maxsize=1)
def _register_fonts() -> None:
    """The web's own face, in the form that a PDF embeds."""
    for name, weight in ((REGULAR, 400), (BOLD, 700)):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"atkinson-hyperlegible-next-{weight}.ttf"))


def _frames() -> Iterable[Frame]:
    height = HEIGHT - 2 * MARGIN - HEAD - FOOT
    for n in range(COLUMNS):
        yield Frame(MARGIN + n * (BLOCK + GAP), MARGIN + FOOT, BLOCK, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)


def _text(text: str, *, bold: bool = False, size: float = 8.5) -> Paragraph:
    """Wrapped wherever it must, also inside a long name."""
    style = ParagraphStyle(
        "cell",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.2,
        textColor=INK,
        splitLongWords=1,
        embeddedHyphenation=1,
    )
    return Paragraph(escape(text), style)


def _block(column: Column, with_reasons: bool) -> list[Any]:
    """One practitioner: the name, repeated where the block goes on, and the visits."""
    head = [_text(_heading(column), bold=True, size=11), *[""] * (2 if with_reasons else 1)]
    if not column.visits:
        return [head[0], _text(_("Aucun rendez-vous.")), Spacer(0, 5 * mm)]
    names = [_("Heure"), _("Patient"), *([_("Motif")] if with_reasons else [])]
    rows = [head, [_text(name, bold=True, size=7.5) for name in names]]
    rows += [_row(placed, with_reasons) for placed in column.visits]
    rest = BLOCK - TIME
    widths = [TIME, rest * 0.58, rest * 0.42] if with_reasons else [TIME, rest]
    table = LongTable(rows, colWidths=widths, repeatRows=2, style=_ruled())
    return [table, Spacer(0, 5 * mm)]


def _heading(column: Column) -> str:
    """« Dr Hélène Aubry (remplacée par …) »."""
    name = column.practitioner.name
    instead = ", ".join(one.substitute_name for one in column.replacements)
    return _("%(name)s, remplacé par %(others)s") % {"name": name, "others": instead} if instead else name


def _row(placed: Placed, with_reasons: bool) -> list[Paragraph]:
    visit = placed.visit
    name = f"{visit.name} ({visit.age})" if visit.age else visit.name
    if visit.status == Status.REQUESTED:
        name = _("%(name)s, à valider") % {"name": name}
    return [_text(f"{visit.start:%H:%M}", bold=True), _text(name), *([_text(visit.reason)] if with_reasons else [])]


def _ruled() -> TableStyle:
    return TableStyle(
        [
            ("SPAN", (0, 0), (-1, 0)),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, 0), (-1, -1), 1.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        ]
    )


def _numbered(title: str, printed: str) -> type[Canvas]:
    """A canvas that knows at its end how many pages there are, and then writes the head and foot of each."""

    class Numbered(Canvas):
        """Keeps its pages until the last one."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.pages: list[dict[str, Any]] = []

        def showPage(self) -> None:
            """Keep the page, begin another."""
            self.pages.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            """Write all pages."""
            pages = self.pages
            for number, page in enumerate(pages, 1):
                self.__dict__.update(page)
                self._frame(_("Page %(n)d/%(all)d") % {"n": number, "all": len(pages)})
                super().showPage()
            super().save()

        def _frame(self, page: str) -> None:
            self.setFillColor(INK)
            self.setFont(BOLD, 14)
            self.drawString(MARGIN, HEIGHT - MARGIN - 5 * mm, title)
            self.setFont(REGULAR, 8)
            self.drawString(MARGIN, MARGIN, printed)
            self.drawRightString(WIDTH - MARGIN, MARGIN, page)

    return Numbered
