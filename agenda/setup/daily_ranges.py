"""What hours and quotas have in common: a range of the day at a practitioner's, its channels and reasons, its validity, its release."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from agenda.models import OpeningHours, Practitioner, Quota, Site, VisitReason
from agenda.setup.bounds import impossible, within
from agenda.setup.saving import Values, known


def range_values(row: OpeningHours | Quota) -> Values:
    """The common part of a row under the contract's names, times in minutes from midnight."""
    release = None
    if row.release_days_before is not None:
        release = {"days_before": row.release_days_before, "at": row.release_minute or 0}
    return {
        "practitioner": row.practitioner_id,
        "site": row.site_id,
        "start": row.start_minute,
        "end": row.end_minute,
        "visit_reasons": sorted(reason.id for reason in row.visit_reasons.all()),
        "channels": list(row.channels),
        "release": release,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
    }


def check_range(values: Values, channels: Collection[str]) -> None:
    """Raise Refused (`ends-before-start`, `not-a-choice`, `out-of-bounds`) or UnknownReference; a site may be left out."""
    if not 0 <= values["start"] < values["end"] <= 1440:
        raise impossible("ends-before-start", _("La fin doit suivre le début, dans le même jour."), "/end")
    if values["valid_from"] and values["valid_until"] and values["valid_until"] < values["valid_from"]:
        raise impossible("ends-before-start", _("La fin de validité précède son début."), "/valid_until")
    if not set(values["channels"]) <= set(channels):
        raise impossible("not-a-choice", ", ".join(channels), "/channels")
    if values["release"] is not None:
        within("days_before", values["release"]["days_before"], "/release/days_before")
    known(Practitioner, [values["practitioner"]], "/practitioner", each=False)
    if values["site"] is not None:
        known(Site, [values["site"]], "/site", each=False)
    known(VisitReason, values["visit_reasons"], "/visit_reasons")


def range_columns(values: Values) -> Values:
    """The model's columns of the common part."""
    release = values["release"]
    return {
        "channels": sorted(set(values["channels"])),
        "practitioner_id": values["practitioner"],
        "site_id": values["site"],
        "start_minute": values["start"],
        "end_minute": values["end"],
        "valid_from": values["valid_from"],
        "valid_until": values["valid_until"],
        "release_days_before": release and release["days_before"],
        "release_minute": release and release["at"],
    }


def store_reasons(row: OpeningHours | Quota, links: Values) -> None:
    """The reasons that the row is about."""
    row.visit_reasons.set(links["visit_reasons"])
