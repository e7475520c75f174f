"""An S3 server of our own on this machine, which checks signatures."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from core.processes import end, spawn
from tests.serving import free_port
from tests.waiting import until

BUCKET = "loupe"
KEY, SECRET = "the-key", "the-secret"


@dataclass(frozen=True)
class ObjectStore:
    port: int
    #: A file for each object, and a folder for each of its name's parts.
    bucket: Path
    process: subprocess.Popen[bytes]

    @property
    def environment(self) -> Mapping[str, str]:
        """What leads obstore here."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    (folder / BUCKET).mkdir(parents=True)
    port = free_port()
    command = [sys.executable, "-m", "nanio", "serve", "--host", "127.0.0.1", "--port", str(port)]
    with (folder.parent / f"s3-{port}.log").open("wb") as log:
        process = spawn(
            [*command, "--data-dir", str(folder)],
            env={**os.environ, "NANIO_ACCESS_KEY": KEY, "NANIO_SECRET_KEY": SECRET},
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: _answers(port))
        yield ObjectStore(port, folder / BUCKET, process)
    finally:
        end(process, within=5)


def _answers(port: int) -> bool:
    with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False
