"""A virus scanner that listens on this machine and speaks clamd's protocol: real bytes over a real socket."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.processes import PATIENCE

SIGN = (
    b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"  # what scanners agreed to find
)


@dataclass
class Scanner:
    """What it was sent, whole. `answer` is given instead of a finding; `is_silent` takes the file and says nothing."""

    address: str
    most_bytes: int = 50_000_000
    answer: bytes = b""
    is_silent: bool = False
    received: list[bytes] = field(default_factory=list)
    is_closed: threading.Event = field(default_factory=threading.Event)

    def serve(self, listener: socket.socket) -> None:
        with suppress(OSError):  # the listener is closed at the end of the test
            while True:
                connection, _address = listener.accept()
                with connection:
                    self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        data = b""
        while size := struct.unpack(">I", stream.read(4))[0]:
            data += stream.read(size)
            if len(data) > self.most_bytes:
                connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.received.append(data)
        if self.is_silent:
            self.is_closed.wait()
        elif self.answer:
            connection.sendall(self.answer)
        else:
            connection.sendall(b"stream: Eicar-Signature FOUND\0" if SIGN in data else b"stream: OK\0")


@contextmanager
def scanner(settings: Any, path: str = "") -> Iterator[Scanner]:
    """A scanner of its own, named in the settings; at a port of this machine, or at the path of a Unix socket."""
    with socket.socket(socket.AF_UNIX if path else socket.AF_INET) as listener:
        listener.bind(path or ("127.0.0.1", 0))
        listener.listen()
        at = path or f"127.0.0.1:{listener.getsockname()[1]}"
        found = Scanner(at)
        settings.CLAMD_ADDRESS, settings.CLAMD_SECONDS = at, 5
        thread = threading.Thread(target=found.serve, args=[listener], daemon=True)
        thread.start()
        try:
            yield found
        finally:
            found.is_closed.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE)
