"""A calendar server that answers what a test says, and what such answers look like."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from zoneinfo import ZoneInfo

from integrations.speaking.vocabulary import PlatformBusy
from tests.integrations.caldav.radicale import event
from tests.integrations.house import monday

PARIS = ZoneInfo("Europe/Paris")
VISIT = "00000000-0000-4000-8000-000000000001"
OURS = f"/alma/agenda/{VISIT}@medidesk.ics"
MANY = '<D:multistatus xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">{}</D:multistatus>'
ONE = (
    "<D:response><D:href>{href}</D:href><D:propstat><D:prop>{props}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
)
Answer = tuple[int, dict[str, str], str]


class Scripted:
    """Answers in the order that a test says, the last one for ever; keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("content-length") or 0))
                outer.asked.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
                status, headers, text = outer.answers.pop(0) if len(outer.answers) > 1 else outer.answers[0]
                body = text.encode()
                self.send_response_only(status)
                for name, value in {**headers, "content-length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_DELETE = do_PROPFIND = do_REPORT = answer

            def log_message(self, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def methods(self) -> list[str]:
        """What was asked."""
        return [method for method, _path, _headers in self.asked]

    def conditions(self) -> list[str]:
        """The If-Match and If-None-Match of each call that had one."""
        named = [headers.get("if-match") or headers.get("if-none-match") for _method, _path, headers in self.asked]
        return [each for each in named if each]


def listed(*resources: str) -> Answer:
    return 207, {}, MANY.format("".join(resources))


def found(etag: str, hour: int = 10) -> Answer:
    return 200, {"etag": etag}, event(f"{VISIT}@medidesk", monday(hour), monday(hour, 30), "SEQUENCE:4")


def wanted(hour: int = 14) -> PlatformBusy:
    return PlatformBusy("/alma/agenda/", monday(hour), monday(hour, 30), client_reference=VISIT)
