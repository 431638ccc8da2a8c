"""Who says, when a message leaves, whether it is still true, to whom it goes and what it says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from medidesk.messaging.models import Message

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Content:
    """What leaves. `subject` and `html` are for e-mails; `facts` are kept with the message before it leaves."""

    to: str
    text: str
    subject: str = ""
    html: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The message is no longer true; `why` is for the ledger and never about a person."""

    why: str


@dataclass(frozen=True, slots=True)
class Later:
    """Whether the message is still wanted shows only then: it is asked for again."""

    until: datetime


Answer = Content | Withdrawal | Later
Composer = Callable[[Sequence[Message], datetime], dict[UUID, Answer]]

_composers: dict[str, Composer] = {}


def register_composer(name: str, composer: Composer) -> None:
    """Let `composer(messages, now)` answer for the messages planned under `name`: an answer for each message id."""
    _composers[name] = composer


def compose(messages: Sequence[Message], now: datetime) -> dict[UUID, Answer | Exception]:
    """An answer for every message; a message whose composer fails gets the error, the others are not held up by it."""
    answers: dict[UUID, Answer | Exception] = {}
    for name in {message.composer for message in messages}:
        answers |= _composed(name, [message for message in messages if message.composer == name], now)
    return answers


def _composed(name: str, messages: Sequence[Message], now: datetime) -> dict[UUID, Answer | Exception]:
    if not name:
        return {message.id: Content(message.to, message.text, message.subject, message.html) for message in messages}
    try:
        found = _composers[name](messages, now)
    except Exception as error:  # whatever a composer stumbles over, the other messages of the batch must leave
        if len(messages) == 1:
            log.exception("message-not-composed", composer=name, message=str(messages[0].id))
            return {messages[0].id: error}
        return {key: answer for message in messages for key, answer in _composed(name, [message], now).items()}
    return {message.id: found.get(message.id, Withdrawal("gone")) for message in messages}
