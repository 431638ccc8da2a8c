"""A message's kind and facts made into what leaves: `sms/{kind}.txt`, or `emails/{kind}/` with its subject and two bodies."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string

from agenda.message_words import one_line
from medidesk.messaging.composing import Content
from medidesk.messaging.models import Channel
from medidesk.messaging.segments import lighten, weigh


def content_of(kind: str, channel: str, to: str, facts: Mapping[str, Any]) -> Content:
    """What leaves by this channel."""
    if channel == Channel.SMS:
        return Content(to, one_line(render_to_string(f"sms/{kind}.txt", dict(facts))))
    return email_of(kind, to, facts)


def email_of(kind: str, to: str, facts: Mapping[str, Any]) -> Content:
    """An e-mail, in plain text and as a page."""
    subject, text, html = (render_to_string(f"emails/{kind}/{part}", dict(facts)) for part in ("subject.txt", "body.txt", "body.html"))
    return Content(to, text.strip() + "\n", one_line(subject), html)


def shortest_that_fits(wordings: Sequence[str]) -> str:
    """The first wording that is one segment of an SMS; the last one when none is."""
    return next((text for text in wordings if weigh(lighten(text)).segments == 1), wordings[-1])
