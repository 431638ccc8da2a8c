"""Files of a cabinet: in a folder of its uuid, under names that tell nothing, served by an authorising view only."""

import secrets
from pathlib import Path, PurePosixPath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage
from django.db import connection

from medidesk.db.backend.base import NoSchemaEntered


class CabinetFiles(FileSystemStorage):
    """Keeps files as `<var>/files/<cabinet uuid>/<folder>/<32 hex digits>`; what a person called the file belongs in a row."""

    @property
    def base_location(self) -> str:
        """The folder of the entered cabinet; raise `NoSchemaEntered` outside a cabinet."""
        uuid = getattr(connection.tenant, "uuid", None)
        if uuid is None:
            raise NoSchemaEntered("Files belong to a cabinet; enter one first.")
        return str(Path(super().base_location) / str(uuid))

    @property
    def location(self) -> str:
        """The same, absolute; never remembered, for it changes with the cabinet."""
        return str(Path(self.base_location).resolve())

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return `<folder>/<opaque>`: the given base name is not kept."""
        folder = PurePosixPath(name).parent
        if folder.is_absolute() or ".." in folder.parts:
            raise SuspiciousFileOperation("A file's folder stays inside its cabinet's.")
        return str(folder / secrets.token_hex(16))

    def generate_filename(self, filename: str) -> str:
        """Return the folder with an opaque name."""
        return self.get_available_name(filename)

    def url(self, name: str | None) -> str:
        """Refuse: a file has no address of its own."""
        raise NotImplementedError("Cabinet files are served by the view that knows who may read them.")
