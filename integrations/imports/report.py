"""What became of each line, in words, on a page or as a file that a spreadsheet opens without running anything."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.imports.runs import table_of
from integrations.models.imports import ImportKind, ImportLine, ImportRun, ImportState, Outcome

_ORDER = (
    Outcome.ERROR, Outcome.CONFLICT, Outcome.PROVISIONAL, Outcome.DUPLICATE, Outcome.IGNORED, Outcome.ALREADY, Outcome.FOUND,
    Outcome.CREATED,
)  # fmt: skip
_TONES = {Outcome.ERROR: "danger", Outcome.CONFLICT: "warning", Outcome.PROVISIONAL: "warning", Outcome.CREATED: "success"}
_CODES: dict[str, Any] = {
    "left-out-phone-not-valid": gettext_lazy("Le téléphone n’est pas valable\u00a0: il n’est pas repris."),
    "left-out-email-not-valid": gettext_lazy("L’e-mail n’est pas valable\u00a0: il n’est pas repris."),
    "visit-exists": gettext_lazy("L’agenda a déjà ce rendez-vous."),
    "not-held": gettext_lazy("Annulé ou manqué\u00a0: il n’est pas repris."),
    "all-day": gettext_lazy("Une journée entière n’est pas un rendez-vous\u00a0: elle n’est pas reprise."),
    "no-patient": gettext_lazy("Sans patient\u00a0: l’heure est prise, à personne."),
    "patient-new": gettext_lazy("Une fiche s’ouvre pour ce patient."),
    "patient-provisional": gettext_lazy("Fiche provisoire\u00a0: elle ressemble à une autre, ou n’a pas de date de naissance."),
}
_OUTCOMES: dict[str, Any] = {
    Outcome.CONFLICT: gettext_lazy("L’heure est déjà prise\u00a0: à régler à l’agenda."),
    Outcome.PROVISIONAL: gettext_lazy("Une fiche ressemble à celle-ci, ou la date de naissance manque\u00a0: à vérifier."),
    Outcome.FOUND: gettext_lazy("Cette personne a déjà une fiche\u00a0: rien n’y change."),
    Outcome.ALREADY: gettext_lazy("Un import précédent a déjà repris cette ligne."),
}
_KEPT: dict[str, Any] = {
    "gone": gettext_lazy("Retiré."),
    "visit-touched": gettext_lazy("Le rendez-vous reste\u00a0: quelqu’un l’a changé depuis."),
    "patient-has-visits": gettext_lazy("La fiche reste\u00a0: elle a d’autres rendez-vous."),
    "patient-touched": gettext_lazy("La fiche reste\u00a0: elle a servi ou changé depuis."),
}
# Before it is done, the same outcomes are promises.
_PROMISES: dict[str, Any] = {
    Outcome.CREATED: gettext_lazy("Sera importé"),
    Outcome.CONFLICT: gettext_lazy("Sera en conflit"),
    Outcome.PROVISIONAL: gettext_lazy("Fiche provisoire"),
}
# What a spreadsheet would take for a formula when a cell begins with it (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One line of the report; `text` is the line of the file, empty once the file was erased."""

    number: int
    label: str
    tone: str
    sentence: str
    text: str


def lines_by_gravity(run: ImportRun) -> QuerySet[ImportLine]:
    """The lines, errors first, then in the order of the file."""
    rank = Case(*(When(outcome=one, then=Value(place)) for place, one in enumerate(_ORDER)), default=Value(len(_ORDER)))
    return run.lines.order_by(rank, "number")


def report_lines(run: ImportRun, lines: Iterable[ImportLine]) -> list[ReportLine]:
    """The lines in words."""
    texts = _texts(run)
    return [
        ReportLine(
            line.number,
            label_of(run, str(line.outcome)),
            _TONES.get(Outcome(line.outcome), ""),
            sentence_of(line),
            texts.get(line.number, ""),
        )
        for line in lines
    ]


def label_of(run: ImportRun, outcome: str) -> str:
    """An outcome in two words: what was done, or what will be."""
    is_done = run.state in (ImportState.DONE, ImportState.UNDOING, ImportState.UNDONE)
    return str(Outcome(outcome).label if is_done else _PROMISES.get(Outcome(outcome), Outcome(outcome).label))


def sentence_of(line: ImportLine) -> str:
    """Why, or what it means; and what became of it when the import was taken back."""
    if line.outcome == Outcome.ERROR:
        said = line.facts.get("message", "")
    elif line.outcome == Outcome.DUPLICATE:
        said = _("Même chose qu’à la ligne %(line)s.") % {"line": line.facts.get("line")}
    elif line.code == "visit-exists":
        said = str(_CODES[line.code])
    else:
        said = " ".join(str(words) for words in (_OUTCOMES.get(line.outcome), _CODES.get(line.code)) if words)
    return f"{said} {_KEPT.get(line.kept, '')}".strip()


def figures_in_words(run: ImportRun) -> list[tuple[str, int, str]]:
    """(outcome, how many, tone) in the order of gravity, for what there is."""
    return [(label_of(run, one), run.figures[one], _TONES.get(one, "")) for one in _ORDER if run.figures.get(one)]


def undone_in_words(figures: Mapping[str, int]) -> str:
    """What taking an import back removed, and what stays."""
    words = (
        ("visits_gone", _("rendez-vous retirés\u00a0: %d")), ("patients_gone", _("fiches retirées\u00a0: %d")),
        ("visits_kept", _("rendez-vous qui restent\u00a0: %d")), ("patients_kept", _("fiches qui restent\u00a0: %d")),
    )  # fmt: skip
    return ", ".join(text % figures[name] for name, text in words if figures.get(name))


def report_csv(run: ImportRun) -> str:
    """The whole report: `;` between cells, and nothing that a spreadsheet would run."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    kept = run.text
    table = table_of(run) if kept else None
    rows = {row.number: row.cells for row in table.rows} if table else {}
    writer.writerow([_("Ligne"), _("Résultat"), _("Explication"), *map(harmless, table.headings if table else ())])
    for line in lines_by_gravity(run):
        cells = [label_of(run, str(line.outcome)), sentence_of(line), *rows.get(line.number, ())]
        writer.writerow([line.number, *map(harmless, cells)])
    return out.getvalue()


def harmless(cell: str) -> str:
    """The cell as text, whatever it begins with."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def title_of(kind: str) -> str:
    """What an import of that kind brings in."""
    return str(ImportKind(kind).label)


def _texts(run: ImportRun) -> dict[int, str]:
    if not run.text:
        return {}
    return {row.number: " · ".join(cell for cell in row.cells if cell)[:300] for row in table_of(run).rows}
