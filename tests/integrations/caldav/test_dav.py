"""WebDAV under the guard: who is asked, and what is believed."""

import base64

import pytest

from integrations.caldav.connector import CaldavConnector
from integrations.errors import KeyRefused, NotUnderstood, Refused, Unavailable
from integrations.speaking import wire as wires
from medidesk import clock
from tests.integrations.caldav.scripted import ONE, listed
from tests.integrations.house import monday

# --- who is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "there", ["http://127.0.0.1:1/alma/", "//calendrier.example/alma/", "https://calendrier.example/", "file:///etc/passwd"]
)
def test_the_password_goes_to_no_other_host(scripted, connector, there):
    scripted.answers = [listed()]

    with pytest.raises(Refused, match="another host"):
        connector.dav.get(there)

    assert scripted.asked == []


def test_a_server_that_sends_elsewhere_is_not_followed(scripted, connector):
    scripted.answers = [(301, {"location": "http://127.0.0.1:1/dav/"}, "")]

    with pytest.raises(Refused, match="another host"):
        connector.practitioners()

    assert scripted.methods == ["PROPFIND", "PROPFIND"]  # the well-known address, then the typed one


def test_redirects_on_the_same_host_are_followed_a_few_times(scripted, connector):
    scripted.answers = [(301, {"location": "/dav/"}, "")]

    with pytest.raises(Refused, match="too many redirects"):
        connector.dav.properties("/", "<D:displayname/>")

    assert [path for _method, path, _headers in scripted.asked] == ["/", "/dav/", "/dav/", "/dav/"]


def test_an_address_inside_our_network_is_not_asked(scripted, connector, settings):
    settings.MEDIDESK_ALLOW_PRIVATE_TARGETS = False

    with pytest.raises(Refused, match="target-not-allowed"):
        connector.dav.get("/alma/")

    assert scripted.asked == []


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"user": "alma", "api_key": "secret:é"}, "Basic " + base64.b64encode("alma:secret:é".encode()).decode()),
        ({"api_key": "jeton"}, "Bearer jeton"),
        ({"user": "", "api_key": "jeton"}, "Bearer jeton"),
    ],
)
def test_a_name_and_a_password_or_a_token(keys, said):
    assert CaldavConnector.headers(keys) == {"Authorization": said}


# --- what is believed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "<html></html>",
        "pas du XML",
        "",
        '<!DOCTYPE m [<!ENTITY e "e">]><D:multistatus xmlns:D="DAV:">&e;</D:multistatus>',
        '<!DOCTYPE m SYSTEM "file:///etc/passwd"><D:multistatus xmlns:D="DAV:"/>',
    ],
)
def test_only_a_plain_multistatus_is_understood(scripted, connector, body):
    scripted.answers = [(207, {}, body)]

    with pytest.raises(NotUnderstood):
        connector.dav.properties("/", "<D:displayname/>")


@pytest.mark.parametrize(
    ("status", "error"), [(200, NotUnderstood), (401, KeyRefused), (403, Refused), (404, Refused), (429, Unavailable), (503, Unavailable)]
)
def test_every_other_answer_is_an_error_of_its_kind(scripted, connector, status, error):
    scripted.answers = [(status, {}, "")]

    with pytest.raises(error) as raised:
        connector.dav.report("/alma/agenda/", "<D:x {names}/>")

    assert not getattr(raised.value, "unclear", False)


@pytest.mark.parametrize("props", ["<D:displayname>accueil</D:displayname>", "<D:resourcetype><D:collection/></D:resourcetype>"])
def test_an_address_from_which_no_calendar_is_found_is_said(scripted, connector, props):
    scripted.answers = [listed(ONE.format(href="/", props=props))]

    with pytest.raises(NotUnderstood, match="no calendars"):
        connector.practitioners()


def test_an_answer_without_end_is_cut(scripted, connector, monkeypatch):
    monkeypatch.setattr(wires, "LARGEST_ANSWER_BYTES", 1000)
    scripted.answers = [(207, {}, " " * 2000)]

    with pytest.raises(Unavailable):
        connector.dav.properties("/", "<D:displayname/>")


@pytest.mark.parametrize(
    "resource",
    [
        "<D:response><D:href>/alma/agenda/</D:href><D:status>HTTP/1.1 507 Insufficient Storage</D:status></D:response>",
        ONE.format(href="/alma/agenda/a.ics", props="<D:getetag>1</D:getetag>"),
    ],
)
def test_a_list_that_leaves_something_out_is_not_whole(scripted, connector, resource):
    scripted.answers = [listed(), listed(), listed(resource)]

    assert not connector.window(clock.now(), monday(20), "/alma/agenda/").complete


def test_an_event_that_is_no_calendar_is_kept_apart_and_whatever_is_missing_may_be_it(scripted, connector):
    bad = ONE.format(href="/alma/agenda/a.ics", props="<C:calendar-data>BEGIN:VCALENDAR UID:a</C:calendar-data>")
    scripted.answers = [listed(), listed(), listed(bad)]

    assert connector.window(clock.now(), monday(20), "/alma/agenda/").visits == ()
    with pytest.raises(NotUnderstood):
        connector.visit("whatever")
