"""An upload that stops being kept as soon as it is larger than any file that is read here."""

from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from integrations.imports.reading import LARGEST_FILE_BYTES


class BoundedUpload(FileUploadHandler):
    """Drops a file that grows too large: the form then has none, and says so."""

    def new_file(self, *args: object, **named: object) -> None:
        """A file begins."""
        super().new_file(*args, **named)
        self._left = LARGEST_FILE_BYTES

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass it on to the next handler, as long as there is room."""
        self._left -= len(raw_data)
        if self._left < 0:
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler has the file."""
