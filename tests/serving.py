"""The web part as it really runs: a server process over a database that commits."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from core.config import ROOT
from core.processes import end, spawn

#: Everybody's.
PASSWORD = "correct horse"


@dataclass(frozen=True)
class Served:
    port: int
    data_dir: Path
    log: Path

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
        yield Served(port, data_dir, log)
    finally:
        end(process, within=5)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    with httpx.Client(trust_env=False) as client:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if client.get(f"http://127.0.0.1:{port}/readyz").is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
    raise AssertionError(f"The web part did not start:\n{log.read_text()}")
