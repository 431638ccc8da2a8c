"""Webhooks that are signed by a MAC in a header: only who knows the secret, only now."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from integrations.generic_rest.description import Signature
from integrations.generic_rest.shipped import ClickdocConnector, DocorgaConnector, MedoucineConnector
from integrations.generic_rest.signing import is_signed_by_mac
from integrations.speaking.signatures import new_secret

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
BODY = b'{"eventId": "e"}'
SECRET = "sixteen signs or more"
TIMED = Signature("hmac", "X-Sign", "sha256=", "hex", "X-Time")
PLAIN = Signature("hmac", "X-Sign", "", "base64")


def timed(body: bytes = BODY, at: datetime = NOW, secret: str = SECRET) -> dict[str, str]:
    """The headers of a genuine event."""
    stamp = str(int(at.timestamp()))
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"x-sign": f"sha256={mac}", "x-time": stamp}


@pytest.mark.parametrize(("seconds", "accepted"), [(0, True), (299, True), (-300, True), (301, False), (-301, False)])
def test_a_genuine_event_is_taken_within_five_minutes(seconds: int, accepted: bool):
    assert is_signed_by_mac(BODY, timed(at=NOW + timedelta(seconds=seconds)), TIMED, ["", "other", SECRET], NOW) is accepted


@pytest.mark.parametrize(
    "change",
    [
        {"x-sign": ""}, {"x-sign": "sha256="}, {"x-sign": timed()["x-sign"].removeprefix("sha256=")}, {"x-sign": timed()["x-sign"].upper()},
        {"x-sign": timed()["x-sign"] + "0"}, {"x-sign": timed(secret="another secret")["x-sign"]}, {"x-sign": timed(b"{}")["x-sign"]},
        {"x-time": ""}, {"x-time": "now"}, {"x-time": str(int(NOW.timestamp()) + 1)}, {"x-time": "9" * 400}, {"x-sign": "sha256=é"},
    ],
)  # fmt: skip
def test_anything_else_is_refused(change: dict[str, str]):
    assert not is_signed_by_mac(BODY, timed() | change, TIMED, [SECRET], NOW)


def test_nobody_signs_with_no_secret():
    assert not is_signed_by_mac(BODY, timed(secret=""), TIMED, ["", *[]], NOW)
    assert not is_signed_by_mac(BODY, {}, Signature("hmac", "X-Sign"), [SECRET], NOW)


def test_a_mac_of_the_body_alone_in_base64():
    mac = base64.b64encode(hmac.new(SECRET.encode(), BODY, hashlib.sha256).digest()).decode()

    assert is_signed_by_mac(BODY, {"x-sign": mac}, PLAIN, [SECRET], NOW)
    assert not is_signed_by_mac(BODY + b" ", {"x-sign": mac}, PLAIN, [SECRET], NOW)


def test_each_platform_has_its_own_secrets():
    assert ClickdocConnector.is_secret(SECRET)
    assert not ClickdocConnector.is_secret("short")
    assert not DocorgaConnector.is_secret(SECRET)
    assert DocorgaConnector.is_secret(new_secret())


def test_who_tells_nothing_is_not_believed():
    assert not MedoucineConnector.is_signed(BODY, timed(), [SECRET], NOW)
