"""What somebody without the secret may try at the door of webhooks: a genuine message, changed in one of many ways."""

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from integrations.speaking.signatures import PREFIX, new_secret


@dataclass(frozen=True)
class Knock:
    """One POST: where, on whose host, with which headers and bytes."""

    path: str
    host: str
    headers: dict[str, str]
    body: bytes

    def with_headers(self, **changes: str | None) -> "Knock":
        """Other signature headers, by the last word of their names; `None` leaves one out."""
        headers = self.headers | {f"webhook-{name}": value for name, value in changes.items() if value is not None}
        return replace(
            self, headers={name: value for name, value in headers.items() if changes.get(name.removeprefix("webhook-"), "") is not None}
        )

    @property
    def signature(self) -> str:
        """The base64 after `v1,`."""
        return self.headers["webhook-signature"].partition(",")[2]


@dataclass(frozen=True)
class Scene:
    """The secrets about: the door's own, and those that are good elsewhere; the doors where they are."""

    secret: str
    expired: str
    elsewhere: tuple[str, ...]
    doors: tuple[tuple[str, str], ...]
    path: str
    host: str


def event(number: int) -> bytes:
    """An event with accents and an id of its own, as a platform writes it."""
    start = datetime(2026, 3, 2, 9, 0, tzinfo=UTC) + timedelta(minutes=30 * number)
    appointment = {"id": f"apt_{number}", "start_time": start.isoformat(), "duration": 30, "status": "confirmed", "version": 1}
    patient = {"id": f"pat_{number}", "first_name": "Zoé", "last_name": "Lefèvre", "birth_date": "1980-05-17"}
    data = {"appointment": appointment, "patient": patient, "practitioner": {"id": "pra_001", "name": "Dr Aubry"}}
    return json.dumps({"event": "appointment.created", "event_id": f"evt_{number}", "data": data}, ensure_ascii=False).encode()


def mac(key: bytes, message: str, stamp: str, body: bytes, algorithm: str = "sha256") -> str:
    """The base64 that Standard Webhooks asks for, or nearly."""
    return base64.b64encode(hmac.new(key, f"{message}.{stamp}.".encode() + body, algorithm).digest()).decode()


def key_of(secret: str) -> bytes:
    """The bytes behind `whsec_…`."""
    return base64.b64decode(secret.removeprefix(PREFIX))


def signed(scene: Scene, body: bytes, at: datetime, *, secret: str = "", message: str = "") -> Knock:
    """A message at the scene's door, signed with its secret or the one given."""
    message, stamp = message or f"msg_{hashlib.sha256(body).hexdigest()[:12]}", str(int(at.timestamp()))
    signature = f"v1,{mac(key_of(secret or scene.secret), message, stamp, body)}"
    headers = {"webhook-id": message, "webhook-timestamp": stamp, "webhook-signature": signature}
    return Knock(scene.path, scene.host, headers, body)


class Forger:
    """Makes mutants of genuine messages, each by one of `WAYS`."""

    def __init__(self, scene: Scene, chance: random.Random, now: datetime) -> None:
        self.scene = scene
        self.chance = chance
        self.now = now

    def mutant(self, number: int) -> tuple[str, Knock]:
        """The name of the way, and what it made of the message of that number; every way has its turn."""
        way = WAYS[number % len(WAYS)]
        genuine = signed(self.scene, event(number), self.now + timedelta(seconds=self.chance.randint(-200, 200)))
        forged = way(self, genuine)
        assert forged != genuine, way.__name__
        return way.__name__, forged

    def wrong_secret(self, knock: Knock) -> Knock:
        """Signed with a secret that nobody here knows."""
        return signed(self.scene, knock.body, self.now, secret=new_secret())

    def borrowed_secret(self, knock: Knock) -> Knock:
        """Signed with a secret that is good for another connection, platform or cabinet."""
        return signed(self.scene, knock.body, self.now, secret=self.chance.choice(self.scene.elsewhere))

    def expired_secret(self, knock: Knock) -> Knock:
        """Signed with the secret of the day before yesterday."""
        return signed(self.scene, knock.body, self.now, secret=self.scene.expired)

    def misread_secret(self, knock: Knock) -> Knock:
        """Signed with what is nearly the key, or with none."""
        text = self.scene.secret
        near = [
            b"\0",
            text.encode(),
            text.removeprefix(PREFIX).encode(),
            key_of(text)[:-1],
            key_of(text) + b"\0x",
            hashlib.sha256(key_of(text)).digest(),
        ]
        return knock.with_headers(
            signature=f"v1,{mac(self.chance.choice(near), knock.headers['webhook-id'], knock.headers['webhook-timestamp'], knock.body)}"
        )

    def other_algorithm(self, knock: Knock) -> Knock:
        """The right key, another way to sign."""
        key, message, stamp = key_of(self.scene.secret), knock.headers["webhook-id"], knock.headers["webhook-timestamp"]
        ways = [
            mac(key, message, stamp, knock.body, "sha512"),
            mac(key, message, stamp, knock.body, "sha1"),
            mac(key, stamp, message, knock.body),
            base64.b64encode(hmac.new(key, knock.body, "sha256").digest()).decode(),
            base64.b64encode(hashlib.sha256(key + knock.body).digest()).decode(),
            base64.b64decode(knock.signature).hex(),
        ]
        return knock.with_headers(signature=f"v1,{self.chance.choice(ways)}")

    def late_replay(self, knock: Knock) -> Knock:
        """A message that was genuine in its time, or will be."""
        away = self.chance.choice([-1, 1]) * self.chance.choice([301, 302, 600, 3600, 86400, 31_536_000])
        return signed(self.scene, knock.body, self.now + timedelta(seconds=away))

    def shifted_time(self, knock: Knock) -> Knock:
        """The time made fresh without signing anew."""
        return knock.with_headers(timestamp=str(int(knock.headers["webhook-timestamp"]) + self.chance.choice([-3, -1, 1, 2, 60])))

    def odd_time(self, knock: Knock) -> Knock:
        """A time that is none, signed all the same."""
        good = knock.headers["webhook-timestamp"]
        odd = [
            "",
            "now",
            f"{good}.0",
            f"+{good}",
            f"-{good}",
            f" {good} x",
            f"{good}e0",
            "NaN",
            "inf",
            "9" * 400,
            "9" * 5000,
            "٣" * 10,
            "0x1",
            f"{good}_0",
        ]
        stamp = self.chance.choice(odd)
        return knock.with_headers(
            timestamp=stamp, signature=f"v1,{mac(key_of(self.scene.secret), knock.headers['webhook-id'], stamp, knock.body)}"
        )

    def other_id(self, knock: Knock) -> Knock:
        """A replay under a name that was never signed."""
        name = knock.headers["webhook-id"]
        return knock.with_headers(id=self.chance.choice([f"{name}x", name[:-1], name.upper(), "msg_new", f"{name}.", f" {name}x"]))

    def reserialised(self, knock: Knock) -> Knock:
        """The same values in other bytes."""
        values = json.loads(knock.body)
        forms = [
            json.dumps(values).encode(),
            json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode(),
            json.dumps(values, ensure_ascii=False, indent=2).encode(),
            json.dumps(values, ensure_ascii=False, sort_keys=True).encode(),
            json.dumps(values, ensure_ascii=False).encode("latin-1"),
            b"\xef\xbb\xbf" + knock.body,
            knock.body + b"\n",
            b" " + knock.body,
        ]
        return replace(knock, body=self.chance.choice(forms))

    def changed_body(self, knock: Knock) -> Knock:
        """One bit, a cut, an addition, or all of another message."""
        place, body = self.chance.randrange(len(knock.body)), bytearray(knock.body)
        body[place] ^= 1 << self.chance.randrange(8)
        return replace(knock, body=self.chance.choice([bytes(body), knock.body[:place], knock.body * 2, b"", event(10**6)]))

    def changed_signature(self, knock: Knock) -> Knock:
        """A signature of which a part is missing or other."""
        good, place = knock.signature, self.chance.randrange(40)
        other = "A" if good[place] != "A" else "B"
        forms = [
            good[:place],
            good[:place] + other + good[place + 1 :],
            good.rstrip("="),
            good + "=",
            good + "A",
            good.swapcase(),
            good[::-1],
            f'"{good}"',
            f" {good}",
        ]
        return knock.with_headers(signature=f"v1,{self.chance.choice(forms)}")

    def changed_version(self, knock: Knock) -> Knock:
        """Versions that this door does not speak, lists that say nothing."""
        good = knock.signature
        forms = [
            good,
            f"v1={good}",
            f"V1,{good}",
            f"v1a,{good}",
            f"v2,{good}",
            f"v1:{good}",
            f"v1;{good}",
            f"v1,,{good}",
            f"v0,{good} v1,",
            f"v1\t,{good}",
            "v1,é",
            ",",
        ]
        return knock.with_headers(signature=self.chance.choice(forms))

    def missing_header(self, knock: Knock) -> Knock:
        """One of the three left out or empty, or all under the names of an older standard."""
        names = ["id", "timestamp", "signature"]
        if self.chance.random() < 0.2:
            return replace(
                knock,
                headers={
                    name.replace("webhook", self.chance.choice(["svix", "x-webhook"])): value for name, value in knock.headers.items()
                },
            )
        return knock.with_headers(**{self.chance.choice(names): self.chance.choice([None, ""])})

    def pretended_address(self, knock: Knock) -> Knock:
        """Unsigned, and said to come from somebody trusted."""
        names = ["x-forwarded-for", "x-real-ip", "forwarded", "x-client-ip", "remote-addr"]
        return replace(knock.with_headers(signature=None), headers={self.chance.choice(names): "127.0.0.1", "webhook-id": "msg"})

    def other_door(self, knock: Knock) -> Knock:
        """Genuine, at a door that it was not signed for."""
        host, path = self.chance.choice(self.scene.doors)
        return replace(knock, host=host, path=path)


WAYS: list[Callable[[Forger, Knock], Knock]] = [
    Forger.wrong_secret,
    Forger.borrowed_secret,
    Forger.expired_secret,
    Forger.misread_secret,
    Forger.other_algorithm,
    Forger.late_replay,
    Forger.shifted_time,
    Forger.odd_time,
    Forger.other_id,
    Forger.reserialised,
    Forger.changed_body,
    Forger.changed_signature,
    Forger.changed_version,
    Forger.missing_header,
    Forger.pretended_address,
    Forger.other_door,
]
