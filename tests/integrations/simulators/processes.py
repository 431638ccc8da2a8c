"""Real simulators on free ports, and a small server that receives their webhooks."""

import base64
import hashlib
import hmac
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from standardwebhooks import Webhook

from integrations.simulators.client import Simulator

ROOT = Path(__file__).resolve().parents[3]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KELDOC = "application/vnd.keldoc-v1+json"
HEADERS = {
    "doctolib": {"Authorization": "Bearer sim-doctolib-key"},
    "maiia": {"X-Api-Key": "sim-maiia-key"},
    "keldoc": {"Accept": KELDOC, "Content-Type": "application/json"},
    "clickdoc": {"Authorization": "Bearer sim-clickdoc-key"},
    "docorga": {"Authorization": f"Basic {base64.b64encode(b'cabinet:sim-docorga-key').decode()}"},
    "medoucine": {"X-Medoucine-Token": "sim-medoucine-key"},
    "ics": {},
}
PREFIXES = {
    "doctolib": "/v1",
    "maiia": "/v2",
    "keldoc": "/partners",
    "clickdoc": "/api/v3",
    "docorga": "/rest",
    "medoucine": "/v1",
    "ics": "/feeds",
}
# Where the visits lie, below the prefix.
VISITS = dict.fromkeys(PREFIXES, "/appointments") | {"docorga": "/rdv", "medoucine": "/bookings"}


class KeldocSignature(httpx.Auth):
    """Signs as Keldoc's own client does."""

    def __init__(self, key: str = "sim-keldoc-key", secret: str = "sim-keldoc-secret", date: str = "") -> None:
        self.key, self.secret, self.date = key, secret, date

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:
        """Date and sign."""
        date = self.date or datetime.now(ZoneInfo("Europe/Paris")).isoformat(timespec="seconds")
        mac = hmac.new(self.secret.encode(), f"{date},{request.headers.get('content-type', '')}".encode(), hashlib.sha256).digest()
        value = f"Bearer {self.key}:{base64.b64encode(mac).decode()}"
        request.headers["Date"] = date
        request.headers["Authorization"] = re.sub("[^a-zA-Z0-9=: ]", "", value)
        yield request


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    """A simulator's process; it can be killed and started again on the same store and port."""

    platform: str
    store: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    def start(self) -> "Running":
        """Start and wait until it answers."""
        command = [sys.executable, "-m", "integrations.simulators", self.platform, "--port", str(self.port), "--store", str(self.store)]
        self.process = subprocess.Popen(command, cwd=ROOT)
        self.simulator = Simulator(f"http://127.0.0.1:{self.port}")
        self.api = httpx.Client(
            base_url=f"{self.simulator.url}{PREFIXES[self.platform]}",
            headers=HEADERS[self.platform],
            auth=KeldocSignature() if self.platform == "keldoc" else None,
            timeout=10,
            trust_env=False,
        )
        deadline = time.monotonic() + 10
        while True:
            try:
                self.simulator.health()
                return self
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def kill(self) -> None:
        """kill -9."""
        assert self.process
        self.process.kill()
        self.process.wait()
        self.simulator.close()
        self.api.close()


class Receiver:
    """Receives webhooks; answers `status`, and keeps each request's headers and body."""

    def __init__(self, port: int = 0) -> None:
        self.status = 202
        self.received: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(outer.status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        """Where webhooks are to be sent."""
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def events(self) -> list[dict]:
        """The bodies received, in order."""
        return [json.loads(body) for _, body in self.received]

    def verified(self) -> list[dict]:
        """The bodies whose signature holds. Raises WebhookVerificationError."""
        return [Webhook(SECRET).verify(body, headers) for headers, body in self.received]

    def close(self) -> None:
        """Stop receiving."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
