"""The line between a browser and its server, cut in the middle of an upload: a SOCKS5 proxy."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread

_DOMAIN = 3
_SUCCEEDED = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"


class BadLine(ThreadingTCPServer):
    """Until it is mended, it cuts each upload once it has come this far, in bytes."""

    daemon_threads = True

    def __init__(self, cut_after: int) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.cut_after = cut_after
        self.cuts = 0
        self.is_mended = False

    @property
    def proxy(self) -> str:
        return f"socks5://127.0.0.1:{self.server_address[1]}"


class _Connection(BaseRequestHandler):
    server: BadLine
    request: socket.socket

    def handle(self) -> None:
        _, methods = self._read(2)
        self._read(methods)
        self.request.sendall(b"\x05\x00")
        *_, kind = self._read(4)
        host = (
            self._read(self._read(1)[0]).decode()
            if kind == _DOMAIN
            else socket.inet_ntoa(self._read(4))
        )
        port = int.from_bytes(self._read(2))
        if host not in ("localhost", "127.0.0.1"):
            return  # the browser's maker
        with closing(socket.create_connection((host, port))) as remote:
            self.request.sendall(_SUCCEEDED)
            back = Thread(target=_pass_on, args=(remote, self.request))
            back.start()
            self._send_on(remote)
            back.join()

    def _read(self, count: int) -> bytes:
        return self.request.recv(count, socket.MSG_WAITALL)

    def _send_on(self, remote: socket.socket) -> None:
        sent = None
        with suppress(OSError):
            while chunk := self.request.recv(2**14):
                if b"PUT /uploads/" in chunk:
                    sent = 0
                if sent is not None:
                    sent += len(chunk)
                    if sent > self.server.cut_after and not self.server.is_mended:
                        self.server.cuts += 1
                        break
                remote.sendall(chunk)
        _end(remote, self.request)


def _pass_on(remote: socket.socket, browser: socket.socket) -> None:
    with suppress(OSError):
        while chunk := remote.recv(2**14):
            browser.sendall(chunk)
    _end(remote, browser)


def _end(*connections: socket.socket) -> None:
    for connection in connections:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def bad_line(*, cut_after: int) -> Iterator[BadLine]:
    with BadLine(cut_after) as line:
        Thread(target=line.serve_forever, daemon=True).start()
        yield line
        line.shutdown()
