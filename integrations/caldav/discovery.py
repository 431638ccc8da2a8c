"""From a typed address to the calendars of an account (RFC 6764, 5397, 4791): any address on the way will do."""

from dataclasses import dataclass

from integrations.caldav.dav import CAL, DAV, Dav, Resource
from integrations.errors import ConnectorError, KeyRefused, NotUnderstood, Unavailable

WELL_KNOWN = "/.well-known/caldav"
_WHERE = "<D:resourcetype/><D:displayname/><D:current-user-principal/><C:calendar-home-set/><C:supported-calendar-component-set/>"


@dataclass(frozen=True, slots=True)
class Calendar:
    """One calendar, by its address as the server writes it."""

    address: str
    name: str


def calendars(dav: Dav) -> list[Calendar]:
    """The calendar that was typed, or all of the account's that hold events. Raises the connector's errors."""
    found = _start(dav)
    if found is not None and _is_calendar(found):
        return [Calendar(found.href, found.text(f"{DAV}displayname"))]
    home = _home(dav, found)
    told = dav.properties(home, _WHERE, depth=1).resources
    return [Calendar(each.href, each.text(f"{DAV}displayname") or each.href) for each in told if _is_calendar(each) and _has_events(each)]


def _start(dav: Dav) -> Resource | None:
    """What lies at the typed address; at a server's root, first where the server itself says that calendars begin."""
    if dav.base.path == "/":
        try:
            return _only(dav, WELL_KNOWN)
        except (KeyRefused, Unavailable):
            raise
        except ConnectorError:
            pass  # many servers have no such address
    return _only(dav, str(dav.base))


def _home(dav: Dav, found: Resource | None) -> str:
    home = found.href_in(f"{CAL}calendar-home-set") if found else ""
    principal = found.href_in(f"{DAV}current-user-principal") if found else ""
    if not home and principal:
        person = _only(dav, principal)
        home = person.href_in(f"{CAL}calendar-home-set") if person else ""
    if not home:
        raise NotUnderstood("no calendars at this address")
    return home


def _only(dav: Dav, address: str) -> Resource | None:
    return next(iter(dav.properties(address, _WHERE).resources), None)


def _is_calendar(each: Resource) -> bool:
    return each.has(f"{DAV}resourcetype", f"{CAL}calendar")


def _has_events(each: Resource) -> bool:
    """Does it hold events, and not tasks only? One that does not say does."""
    told = each.props.get(f"{CAL}supported-calendar-component-set")
    kinds = [kind.get("name", "").upper() for kind in told.iterfind(f"{CAL}comp")] if told is not None else []
    return not kinds or "VEVENT" in kinds
