"""The web part as it really runs, in a process of its own; and any app in one of our threads."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import httpx
import uvicorn
from starlette.types import ASGIApp

from core.config import ROOT
from core.processes import end, spawn
from tests import waiting

#: Everybody's.
PASSWORD = "correct horse"


@dataclass(frozen=True)
class Served:
    port: int
    data_dir: Path
    log: Path
    pid: int

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def client(self, **cookies: str) -> httpx.Client:
        """Return one that speaks as our own pages do."""
        return httpx.Client(
            base_url=self.url,
            cookies=cookies,
            headers={"Origin": self.url, "X-Loupe": "1"},
            trust_env=False,
        )


@contextmanager
def serve(data_dir: Path, app: str = "Home:app", **environment: str) -> Iterator[Served]:
    """Serve the database in use on a free port; `environment` holds more `LOUPE_…` settings."""
    port = free_port()
    log = data_dir / f"web-{port}.log"
    command = [sys.executable, "-m", "uvicorn", app, "--port", str(port), "--no-proxy-headers"]
    with log.open("wb") as output:
        process = spawn(
            [*command, "--timeout-graceful-shutdown", "1"],
            cwd=ROOT,
            env={
                **os.environ,
                "LOUPE_PORT": str(port),
                "LOUPE_DATA_DIR": str(data_dir),
                **environment,
            },
            stdout=output,
            stderr=output,
        )
    try:
        _wait_until_ready(process, port, log)
        yield Served(port, data_dir, log, process.pid)
    finally:
        end(process, within=5)


@contextmanager
def in_thread(app: ASGIApp) -> Iterator[int]:
    """Serve an app in this process, and give its port."""
    # Connections wait in the listening socket until the server takes them.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    with httpx.Client(trust_env=False) as client:

        def is_ready() -> bool:
            with suppress(httpx.TransportError):
                return client.get(f"http://127.0.0.1:{port}/readyz").is_success
            return False

        try:
            waiting.until(lambda: process.poll() is not None or is_ready(), seconds=30)
        except AssertionError as error:
            error.add_note(log.read_text())
            raise
    assert process.poll() is None, f"The web part did not start:\n{log.read_text()}"
