"""Postgres and Valkey together: those named by the environment, else embedded ones."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from medidesk.services import unprivileged
from medidesk.services.postgres import EmbeddedPostgres
from medidesk.services.valkey import EmbeddedValkey


class Stores:
    """The two servers that keep MediDesk's data, under one folder.

    `database_url` or `redis_url` given: that server is somebody else's and is neither started nor stopped here.
    """

    def __init__(self, folder: Path, logs: Path, *, database_url: str = "", redis_url: str = "", durable: bool = True) -> None:
        self._given = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
        self.postgres = None if database_url else EmbeddedPostgres(folder / "postgres", logs / "postgres.log", durable=durable)
        self.valkey = None if redis_url else EmbeddedValkey(folder / "valkey", logs / "valkey.log", durable=durable)

    @property
    def environment(self) -> dict[str, str]:
        """DATABASE_URL and REDIS_URL of the running servers."""
        return {
            "DATABASE_URL": self.postgres.url if self.postgres else self._given["DATABASE_URL"],
            "REDIS_URL": self.valkey.url if self.valkey else self._given["REDIS_URL"],
        }

    def start(self) -> None:
        """Start what is ours. Raises ServiceError."""
        for server in (self.postgres, self.valkey):
            if server:
                server.start()

    def stop(self) -> None:
        """Stop what is ours; never raises for a server already gone."""
        for server in (self.valkey, self.postgres):
            if server:
                server.stop()


@contextmanager
def temporary_services(environment: Mapping[str, str] = os.environ, *, durable: bool = False) -> Iterator[dict[str, str]]:
    """A fresh Postgres (without fsync unless `durable`) and Valkey in a temporary folder, removed at the end; yields their variables.

    DATABASE_URL and REDIS_URL are not looked at, so that tests never touch anybody's data;
    MEDIDESK_TEST_DATABASE_URL and MEDIDESK_TEST_REDIS_URL name servers to use instead.
    """
    folder = Path(mkdtemp(prefix="medidesk-"))
    folder.chmod(0o711)  # Postgres may run under another account
    stores = Stores(
        folder,
        folder / "log",
        database_url=environment.get("MEDIDESK_TEST_DATABASE_URL", ""),
        redis_url=environment.get("MEDIDESK_TEST_REDIS_URL", ""),
        durable=durable,
    )
    try:
        stores.start()
        yield {**stores.environment, "MEDIDESK_VAR": str(folder / "var")}
    finally:
        stores.stop()
        if stores.postgres:
            stores.postgres.remove()
        unprivileged.remove(folder)
