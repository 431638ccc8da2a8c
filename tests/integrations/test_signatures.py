"""Standard Webhooks on the raw bytes."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from integrations.speaking.signatures import is_secret, is_signed, new_secret

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"événement": "créé"}'.encode()


def headers(secret: str = SECRET, body: bytes = BODY, at: datetime = NOW, message: str = "msg_1") -> dict[str, str]:
    """Signed as the reference library signs."""
    signature = Webhook(secret).sign(message, at, body.decode())
    return {"webhook-id": message, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def test_what_the_reference_library_signs_is_accepted():
    assert is_signed(BODY, headers(), [new_secret(), SECRET], NOW)


@pytest.mark.parametrize(("seconds", "accepted"), [(299, True), (300, True), (301, False), (-300, True), (-301, False)])
def test_five_minutes_are_tolerated_either_way(seconds, accepted):
    assert is_signed(BODY, headers(at=NOW + timedelta(seconds=seconds)), [SECRET], NOW) is accepted


def test_one_good_signature_among_several_is_enough():
    signed = headers()
    signed["webhook-signature"] = f"v2,abc v1,bm90IGl0 {signed['webhook-signature']} v1a,xyz"

    assert is_signed(BODY, signed, [SECRET], NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": "1772442001"},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "9" * 5000},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,é"},
    ],
)
def test_anything_else_is_refused(change):
    assert not is_signed(BODY, headers() | change, [SECRET], NOW)


def test_another_body_or_no_secret_is_refused():
    assert not is_signed(BODY + b" ", headers(), [SECRET], NOW)
    assert not is_signed(BODY, headers(), [], NOW)
    assert not is_signed(b"\xff", headers(), ["whsec_"], NOW)


def test_secrets_are_whsec_and_base64():
    assert is_secret(new_secret())
    assert not any(map(is_secret, ["plain", "whsec_", "whsec_€"]))
