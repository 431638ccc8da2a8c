"""Has a calendar changed? What a server may offer to tell, and what it may leave out."""

import pytest

from integrations.caldav.changes import has_foreign_change, mark_of
from integrations.errors import KeyRefused
from tests.integrations.caldav.scripted import ONE, OURS, listed

HERE = "/alma/agenda/"
FOREIGN = "/alma/agenda/dentiste.ics"


def described(**props: str):
    """What the calendar says of itself."""
    names = {"token": "D:sync-token", "ctag": "S:getctag"}
    told = "".join(f'<{names[name]} xmlns:S="http://calendarserver.org/ns/">{value}</{names[name]}>' for name, value in props.items())
    return listed(ONE.format(href=HERE, props=told))


def events(**tags: str):
    """The events with their tags."""
    return listed(*(ONE.format(href=f"{HERE}{name}.ics", props=f"<D:getetag>{tag}</D:getetag>") for name, tag in tags.items()))


def changed(*hrefs: str, token: str = "t2"):
    """What changed since a token."""
    gone = "<D:status>HTTP/1.1 404 Not Found</D:status>"
    told = "".join(f"<D:response><D:href>{href}</D:href>{gone}</D:response>" for href in hrefs)
    return listed(told, f"<D:sync-token>{token}</D:sync-token>" if token else "")


@pytest.mark.parametrize(
    ("props", "mark"), [({"token": "t1", "ctag": "c1"}, "token t1"), ({"ctag": "c1"}, "ctag c1"), ({"token": "", "ctag": "c1"}, "ctag c1")]
)
def test_the_best_that_is_offered_names_the_state(scripted, connector, props, mark):
    scripted.answers = [described(**props)]

    assert mark_of(connector.dav, HERE) == mark


def test_without_either_the_tags_of_all_events_do(scripted, connector):
    answers = [events(a="1", b="2"), events(b="2", a="1"), events(a="1", b="3"), events(a="1")]
    scripted.answers = [answer for each in answers for answer in (described(), each)]

    marks = [mark_of(connector.dav, HERE) for _each in answers]

    assert marks[0] == marks[1]
    assert len(set(marks)) == 3
    assert [headers["depth"] for _method, _path, headers in scripted.asked[:2]] == ["0", "1"]


@pytest.mark.parametrize(("now", "answer"), [("c1", (False, "ctag c1")), ("c2", (True, "ctag c2"))])
def test_a_tag_only_says_whether(scripted, connector, now, answer):
    scripted.answers = [described(ctag=now)]

    assert has_foreign_change(connector.dav, HERE, "ctag c1") == answer


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (changed(), (False, "token t2")),
        (changed(OURS), (False, "token t2")),
        (changed(OURS.replace("@", "%40")), (False, "token t2")),
        (changed(OURS, FOREIGN), (True, "")),
        (changed(token=""), (True, "")),
        ((403, {}, ""), (True, "")),
        ((207, {}, "<html>"), (True, "")),
    ],
)
def test_a_token_says_who_changed_what(scripted, connector, reply, answer):
    scripted.answers = [reply]

    assert has_foreign_change(connector.dav, HERE, "token t1") == answer


def test_a_refused_password_is_no_news(scripted, connector):
    scripted.answers = [(401, {}, "")]

    with pytest.raises(KeyRefused):
        has_foreign_change(connector.dav, HERE, "token t1")
