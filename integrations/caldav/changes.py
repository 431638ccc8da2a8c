"""Has a calendar changed? By its sync-token, else by its ctag, else by the tags of all its events: the best that the server offers."""

import hashlib

from integrations.caldav.dav import DAV, SERVER, Dav, path_of
from integrations.caldav.payloads import changes_since, is_own_address
from integrations.errors import KeyRefused, NotUnderstood, Refused

TOKEN, CTAG, ETAGS = "token ", "ctag ", "etags "


def mark_of(dav: Dav, calendar: str) -> str:
    """What names the calendar's present state."""
    told = dav.properties(calendar, "<D:sync-token/><S:getctag/>").resources
    token = told[0].text(f"{DAV}sync-token") if told else ""
    ctag = told[0].text(f"{SERVER}getctag") if told else ""
    if token or ctag:
        return TOKEN + token if token else CTAG + ctag
    listed = dav.properties(calendar, "<D:getetag/>", depth=1).resources
    tags = sorted(f"{path_of(each.href)} {each.text(f'{DAV}getetag')}" for each in listed)
    return ETAGS + hashlib.sha256("\n".join(tags).encode()).hexdigest()


def has_foreign_change(dav: Dav, calendar: str, mark: str) -> tuple[bool, str]:
    """Did anybody but MediDesk change it since `mark`? And what names its state now.

    Only a sync-token tells who changed what; elsewhere our own writes have the calendar read once more.
    """
    if not mark.startswith(TOKEN):
        now = mark_of(dav, calendar)
        return now != mark, now
    try:
        answer = dav.report(calendar, changes_since(mark.removeprefix(TOKEN)), depth=0)
    except KeyRefused:
        raise
    except (Refused, NotUnderstood):
        return True, ""  # the token expired, or is offered without the report: everything is read
    foreign = [each for each in answer.resources if not is_own_address(path_of(each.href))]
    if foreign or not answer.token or not answer.is_whole:
        return True, ""
    return False, TOKEN + answer.token
