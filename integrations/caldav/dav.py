"""WebDAV as calendars need it (RFC 4918, 4791, 6578): a few methods over our own wire, under its guard and its bounds.

Every address that a server names is followed only on the host that the owner typed: the password goes nowhere else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import httpx
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from integrations.errors import KeyRefused, NotUnderstood, Refused
from integrations.speaking.wire import MOST_REDIRECTS, REDIRECTS, Download, Wire

DAV = "{DAV:}"
CAL = "{urn:ietf:params:xml:ns:caldav}"
SERVER = "{http://calendarserver.org/ns/}"
_NAMES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/"'
XML = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Resource:
    """One element of a multistatus: what was told of a resource. `status` is 404 for one that is gone, 507 for a list cut short."""

    href: str
    status: int
    props: Mapping[str, Element] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The text of a property, empty where there is none."""
        found = self.props.get(name)
        return (found.text or "").strip() if found is not None else ""

    def href_in(self, name: str) -> str:
        """The address inside a property."""
        found = self.props.get(name)
        return (found.findtext(f"{DAV}href") or "").strip() if found is not None else ""

    def has(self, name: str, child: str) -> bool:
        """Is there such an element inside the property?"""
        found = self.props.get(name)
        return found is not None and found.find(child) is not None


@dataclass(frozen=True, slots=True)
class Multistatus:
    """A whole answer; `token` names its state where the server says so."""

    resources: tuple[Resource, ...]
    token: str = ""

    @property
    def is_whole(self) -> bool:
        """Did the server leave nothing out?"""
        return all(each.status != 507 for each in self.resources)


class Dav:
    """A server's calendars, seen from one typed address. Raises Unavailable, KeyRefused, Refused, NotUnderstood."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.base = httpx.URL(wire.base_url + ("" if wire.base_url.endswith("/") else "/"))

    def properties(self, address: str, names: str, *, depth: int = 0) -> Multistatus:
        """PROPFIND; `names` are empty elements under the prefixes D, C and S."""
        body = f"<D:propfind {_NAMES}><D:prop>{names}</D:prop></D:propfind>"
        return _multistatus(self._needed(self._read("PROPFIND", address, body, depth)))

    def report(self, address: str, body: str, *, depth: int = 1) -> Multistatus:
        """REPORT; `body` is its element, `{names}` in it stands for the namespaces."""
        return _multistatus(self._needed(self._read("REPORT", address, body.replace("{names}", _NAMES), depth)))

    def get(self, address: str) -> Download | None:
        """A resource, `None` when it is gone."""
        answer = self.wire.call("GET", self.url(address), {"Accept": "text/calendar"}, reads=True)
        return None if answer.status in (404, 410) else self._needed(answer)

    def put(self, address: str, content: bytes, condition: Mapping[str, str]) -> bool:
        """Write a resource; false when the condition (If-Match, If-None-Match) does not hold."""
        headers = {"Content-Type": "text/calendar; charset=utf-8", **condition}
        answer = self.wire.call("PUT", self.url(address), headers, content)
        return answer.status != 412 and bool(self._needed(answer))

    def delete(self, address: str, condition: Mapping[str, str]) -> bool:
        """Remove a resource, one that is gone too; false when the condition does not hold."""
        answer = self.wire.call("DELETE", self.url(address), condition)
        return answer.status in (404, 410) or (answer.status != 412 and bool(self._needed(answer)))

    def url(self, address: str) -> httpx.URL:
        """The whole address of one that the server named. Raises Refused for one of another host."""
        there = self.base.join(address)
        if (there.scheme, there.host, there.port) != (self.base.scheme, self.base.host, self.base.port):
            raise Refused("address of another host")
        return there

    def _read(self, method: str, address: str, body: str, depth: int) -> Download:
        """A read that may be redirected, as `/.well-known/caldav` is."""
        url = self.url(address)
        content = f'<?xml version="1.0" encoding="utf-8"?>{body}'.encode()
        for _hop in range(MOST_REDIRECTS + 1):
            answer = self.wire.call(method, url, {"Depth": str(depth), "Content-Type": XML, "Accept": XML}, content, reads=True)
            if answer.status not in REDIRECTS or "location" not in answer.headers:
                return answer
            url = self.url(str(url.join(answer.headers["location"])))
        raise Refused("too many redirects")

    def _needed(self, answer: Download) -> Download:
        """A good answer. A password that opens nothing is 401; 403 only says that this may not be done."""
        if answer.status == 401:
            raise KeyRefused("401")
        if answer.status >= 300:
            raise Refused(str(answer.status))
        return answer


def path_of(href: str) -> str:
    """An address in one spelling, to compare."""
    return unquote(httpx.URL(href).path if "://" in href else href)


def _multistatus(answer: Download) -> Multistatus:
    if answer.status != 207:
        raise NotUnderstood(f"{answer.status} instead of 207")
    try:
        root = fromstring(answer.raw, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as problem:
        raise NotUnderstood("not XML") from problem
    if root.tag != f"{DAV}multistatus":
        raise NotUnderstood("not a multistatus")
    return Multistatus(tuple(_resources(root)), (root.findtext(f"{DAV}sync-token") or "").strip())


def _resources(root: Element) -> Iterator[Resource]:
    for response in root.iterfind(f"{DAV}response"):
        props = {
            each.tag: each
            for stat in response.iterfind(f"{DAV}propstat")
            if _status(stat) in (0, 200)
            for each in stat.iterfind(f"{DAV}prop/*")
        }
        for href in response.iterfind(f"{DAV}href"):
            yield Resource((href.text or "").strip(), _status(response) or 200, props)


def _status(element: Element) -> int:
    """The number in `HTTP/1.1 404 Not Found`, 0 where there is none."""
    words = (element.findtext(f"{DAV}status") or "").split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
