"""The platform's public pages: choose a time, book, see, move and cancel. They work without scripts."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from integrations.simulators import clock, french
from integrations.simulators.booking_form import BookingForm
from integrations.simulators.directory import Motive, Practitioner
from integrations.simulators.engine import Engine
from integrations.simulators.errors import AlreadyCancelled, Invalid, NotFound, TimeTaken
from integrations.simulators.openings import WEEK_DAYS, first_free, free_days, is_offered, nearest
from integrations.simulators.visits import Visit
from integrations.simulators.wire import read_instant

LISTED_VISITS = 60
POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
templates.env.globals.update(french=french)


class Pages:
    """The pages of one platform."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def routes(self) -> list[Route]:
        """The pages' addresses."""
        return [
            Route("/", self._guarded(self.home)),
            Route("/horaires", self._guarded(self.times)),
            Route("/reserver", self._guarded(self.form)),
            Route("/reserver", self._guarded(self.book), methods=["POST"]),
            Route("/rendez-vous", self._guarded(self.visits)),
            Route("/rendez-vous/{id}", self._guarded(self.visit)),
            Route("/rendez-vous/{id}/annuler", self._guarded(self.ask_cancel)),
            Route("/rendez-vous/{id}/annuler", self._guarded(self.cancel), methods=["POST"]),
            Route("/rendez-vous/{id}/deplacer", self._guarded(self.other_times)),
            Route("/rendez-vous/{id}/deplacer", self._guarded(self.move), methods=["POST"]),
        ]

    def show(self, request: Request, name: str, status: int = 200, **context: Any) -> Response:
        """A page of this platform."""
        context |= {"platform": self.engine.platform, "path": request.url.path}
        headers = {"content-security-policy": POLICY, "cache-control": "no-store"}
        return templates.TemplateResponse(request, name, context, status, headers)

    async def missing(self, request: Request, error: Exception) -> Response:
        """The page for an address that is none."""
        return self.show(request, "missing.html", 404)

    async def home(self, request: Request) -> Response:
        """Choose a practitioner and a motive."""
        motives, now = self.engine.directory.motives(), clock.now()
        people = self.engine.directory.practitioners()
        firsts = {who.id: first_free(self.engine.visits, who, motives[0], self._today(who), now) for who in people} if motives else {}
        return self.show(request, "home.html", people=people, motives=motives, firsts=firsts)

    async def times(self, request: Request) -> Response:
        """Choose a time."""
        who, motive = self._chosen(dict(request.query_params))
        return self.show(request, "times.html", who=who, motive=motive, **self._week(request, who, motive))

    async def form(self, request: Request) -> Response:
        """Say who comes."""
        who, motive = self._chosen(dict(request.query_params))
        start = self._start(request.query_params.get("start"), who)
        if not is_offered(self.engine.visits, who, motive, start, clock.now()):
            return self._gone(request, who, motive, start)
        return self.show(request, "booking.html", who=who, motive=motive, start=start, form=BookingForm())

    async def book(self, request: Request) -> Response:
        """Book, or say what is missing, or that somebody was faster."""
        values = dict(await request.form())
        who, motive = self._chosen(values)
        start = self._start(values.get("start"), who)
        form = BookingForm.read(values, self._today(who))
        if form.errors:
            return self.show(request, "booking.html", 422, who=who, motive=motive, start=start, form=form)
        patient = form.patient()
        patient["phone"] = self.engine.platform.phone(patient["phone"])
        if not is_offered(self.engine.visits, who, motive, start, clock.now()):
            return self._gone(request, who, motive, start)
        chosen: dict[str, Any] = {"practitioner": who.id, "motive": motive.id, "start": start, "minutes": motive.duration}
        try:
            visit = self.engine.book(**chosen, patient=patient, origin="patient")
        except TimeTaken:
            return self._gone(request, who, motive, start)
        return RedirectResponse(f"/rendez-vous/{visit.id}?fait=pris", 303)

    async def visits(self, request: Request) -> Response:
        """All visits to come, then the others; filtered by a patient's name."""
        wanted = request.query_params.get("q", "").strip().casefold()
        now = int(clock.now().timestamp())
        coming = "status = 'confirmed' AND ends > ?"
        some = LISTED_VISITS if not wanted else -1
        future = self.engine.visits.select(coming, now, order="starts", limit=some)
        others = self.engine.visits.select(f"NOT ({coming})", now, order="updated DESC", limit=some)
        kept = [[visit for visit in group if wanted in _searched(visit)] for group in (future, others)]
        return self.show(request, "visits.html", coming=self._lines(kept[0]), others=self._lines(kept[1][:LISTED_VISITS]), q=wanted)

    async def visit(self, request: Request) -> Response:
        """One visit."""
        done = request.query_params.get("fait", "")
        return self.show(request, "visit.html", line=self._line(self._found(request)), done=done)

    async def ask_cancel(self, request: Request) -> Response:
        """Ask before cancelling."""
        return self.show(request, "cancel.html", line=self._line(self._found(request)))

    async def cancel(self, request: Request) -> Response:
        """Cancel."""
        visit = self.engine.cancel(self._found(request), origin="patient")
        return RedirectResponse(f"/rendez-vous/{visit.id}?fait=annule", 303)

    async def other_times(self, request: Request) -> Response:
        """Choose another time for a visit."""
        visit = self._found(request)
        line = self._line(visit)
        return self.show(request, "move.html", line=line, **self._week(request, line["who"], _same_length(line)))

    async def move(self, request: Request) -> Response:
        """Move to the time chosen, or say that somebody was faster."""
        visit = self._found(request)
        line = self._line(visit)
        who, motive = line["who"], _same_length(line)
        start = self._start((await request.form()).get("start"), who)
        if is_offered(self.engine.visits, who, motive, start, clock.now()):
            try:
                self.engine.change(visit, origin="patient", start=start, end=start + (visit.end - visit.start))
                return RedirectResponse(f"/rendez-vous/{visit.id}?fait=deplace", 303)
            except (TimeTaken, AlreadyCancelled):
                pass  # answered below as any time that is not free any more
        return self.show(request, "move.html", 409, line=line, gone=True, **self._week(request, who, motive))

    def _guarded(self, page: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                return await page(request)
            except (NotFound, Invalid):
                return self.show(request, "missing.html", 404)

        return answer

    def _chosen(self, values: dict[str, Any]) -> tuple[Practitioner, Motive]:
        who = self.engine.directory.practitioner(str(values.get("practitioner")))
        motive = self.engine.directory.motive(str(values.get("motive")))
        if who is None or motive is None:
            raise NotFound
        return who, motive

    def _start(self, text: Any, who: Practitioner) -> datetime:
        return read_instant(text, "start", who.zone).astimezone(who.zone)

    def _today(self, who: Practitioner) -> date:
        return clock.now().astimezone(who.zone).date()

    def _week(self, request: Request, who: Practitioner, motive: Motive) -> dict[str, Any]:
        today, now = self._today(who), clock.now()
        try:
            first = max(today, date.fromisoformat(request.query_params.get("from", "")))
        except ValueError:
            first = today
        days = free_days(self.engine.visits, who, motive, first, WEEK_DAYS, now)
        later = None if any(each.starts for each in days) else first_free(self.engine.visits, who, motive, first, now)
        before = max(today, first - timedelta(days=WEEK_DAYS)) if first > today else None
        return {"days": days, "today": today, "before": before, "after": first + timedelta(days=WEEK_DAYS), "later": later, "first": first}

    def _gone(self, request: Request, who: Practitioner, motive: Motive, start: datetime) -> Response:
        times = nearest(self.engine.visits, who, motive, start, clock.now())
        return self.show(request, "gone.html", 409, who=who, motive=motive, start=start, times=times)

    def _found(self, request: Request) -> Visit:
        return self.engine.visits.find(request.path_params["id"])

    def _lines(self, visits: list[Visit]) -> list[dict[str, Any]]:
        return [self._line(visit) for visit in visits]

    def _line(self, visit: Visit) -> dict[str, Any]:
        who = self.engine.directory.practitioner(visit.practitioner)
        if who is None:
            who = Practitioner(visit.practitioner, visit.practitioner, "", "", self.engine.directory.zone, ())
        motive = self.engine.directory.motive(visit.motive)
        changeable = visit.status == "confirmed" and visit.end > clock.now()
        return {"visit": visit, "who": who, "motive": motive, "start": visit.start.astimezone(who.zone), "changeable": changeable}


def _same_length(line: dict[str, Any]) -> Motive:
    """The visit's own length governs its move, whatever the motive says today."""
    name = line["motive"].name if line["motive"] else "Rendez-vous"
    return Motive(line["visit"].motive or "", name, line["visit"].minutes)


def _searched(visit: Visit) -> str:
    patient = visit.patient
    return f"{patient['first_name']} {patient['last_name']} {patient['first_name']} {patient['phone']} {visit.id}".casefold()
