"""What tells one described platform from another, as data."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """How one platform speaks. Names of fields are paths; what it has no name for it does not say."""

    visits: str
    practitioners: str
    reasons: str
    busy: str
    # Ours → theirs: id, practitioner, reason, start, end | minutes | seconds, status, version, changed, reference; of the patient
    # first_name, last_name, maiden_name, birth_date, phone, email, patient.
    fields: Mapping[str, str]
    busy_fields: Mapping[str, str]
    person: Mapping[str, str]  # id and name of a practitioner
    motive: Mapping[str, str]  # id, name and minutes of a reason
    statuses: Mapping[str, str]
    asked: Mapping[str, str]  # see conditions.py
    refusals: Mapping[str, tuple[int, str]]  # code of ours → status and code of theirs
    items: str = "items"
    times: str = "utc"  # utc, local or epoch
    first_page: int | None = None  # None: cursors
    page: str = "page"
    size: str = "limit"
    change: str = ""  # the method; without one no visit can be written
    cancel: tuple[str, str] = ("DELETE", "")
    guards_version: bool = False
    subscriptions: str = ""
    subscription: Mapping[str, str] | None = None  # url, secret
    events: Mapping[str, str] | None = None  # act → type
    numbers: bool = False  # ids are numbers
