"""One simulator put together: pages, API, orders, and the worker that sends webhooks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from integrations.simulators import admin, api
from integrations.simulators.clickdoc import Clickdoc
from integrations.simulators.docorga import Docorga
from integrations.simulators.doctolib import Doctolib
from integrations.simulators.doctolib_partner import DoctolibPartner
from integrations.simulators.engine import Engine, Platform
from integrations.simulators.ics import Ics
from integrations.simulators.keldoc import Keldoc
from integrations.simulators.ledger_pages import LedgerPages
from integrations.simulators.listening import Listener
from integrations.simulators.maiia import Maiia
from integrations.simulators.medoucine import Medoucine
from integrations.simulators.pages import Pages

PLATFORMS: dict[str, Callable[[], Platform]] = {
    "doctolib": Doctolib,
    "maiia": Maiia,
    "keldoc": Keldoc,
    "clickdoc": Clickdoc,
    "docorga": Docorga,
    "medoucine": Medoucine,
    "ics": Ics,
}
# Other words for the same visits.
WIRE_FORMATS: dict[str, tuple[Callable[[Engine], Platform], ...]] = {"doctolib": (DoctolibPartner,)}


def listener(slug: str, store: Path, host: str, port: int) -> Listener:
    """The simulator of a platform, ready to run on its store."""
    engine = Engine(PLATFORMS[slug](), store)
    pages = Pages(engine)
    refusals: set[asyncio.Task[None]] = set()

    def refuse(seconds: float) -> None:
        task = asyncio.get_running_loop().create_task(made.refuse(seconds))
        refusals.add(task)
        task.add_done_callback(refusals.discard)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        worker = asyncio.create_task(engine.outgoing.work())
        yield
        worker.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await worker
        engine.store.close()

    spoken = [engine.platform, *(wire_format(engine) for wire_format in WIRE_FORMATS.get(slug, ()))]
    doors = [route for each in spoken for route in api.routes(each, refuse)]
    static = Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    routes = [*admin.routes(engine), *doors, *LedgerPages(engine, pages).routes(), *pages.routes(), static]
    made = Listener(Starlette(routes=routes, lifespan=lifespan, exception_handlers={404: pages.missing}), host, port)
    return made
