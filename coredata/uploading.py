"""A file that is sent through a page: sealed while it comes in, so that no temporary file holds a child's data."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from .reading import Limits
from .store.vault import Sealed, Sealing, destroy


class SealedFile(UploadedFile):  # type: ignore[type-arg]  # it takes none while it runs
    """What a form gets: the name, the size, and where the bytes lie. They cannot be read from it.

    `sealed` is None where the file was larger than is taken.
    """

    def __init__(self, name: str | None, size: int, sealed: Sealed | None) -> None:
        super().__init__(name=name, size=size)
        self.sealed = sealed

    def discard(self) -> None:
        """Nobody wants it after all."""
        if self.sealed is not None:
            destroy(self.sealed.stored_as)


class SealingUploadHandler(FileUploadHandler):
    """Puts the bytes into the vault as they arrive. `chunk_size`: how many at a time."""

    chunk_size = 1 << 20

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.most = Limits.of_settings().bytes
        self.sealing: Sealing | None = Sealing()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.sealing is None or start + len(raw_data) > self.most:
            self._give_up()
            return
        self.sealing.write(raw_data)

    def file_complete(self, file_size: int) -> SealedFile:
        sealed = self.sealing.finish() if self.sealing else None
        return SealedFile(self.file_name, file_size, sealed)

    def upload_interrupted(self) -> None:
        self._give_up()

    def _give_up(self) -> None:
        if self.sealing is not None:
            self.sealing.give_up()
            self.sealing = None
