"""Files streamed to disk in bounded memory, and what goes wrong on the way, in kind words."""

import asyncio
import logging
import unicodedata
from collections.abc import AsyncIterator, Callable, Hashable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from core.arrivals import take_in
from core.errors import (
    AppError,
    PictureTooLarge,
    Unavailable,
    UploadCut,
    UploadEmpty,
    UploadNotKept,
    UploadsBusy,
    UploadSlow,
)
from core.integrations.intake import StoredPicture
from core.integrations.storage import scratch, storage
from core.web.refusals import refusal

MAX_BYTES = 60 * 2**20
_FILE_NAME_LENGTH = 120

Sender = TypeVar("Sender")

logger = logging.getLogger(__name__)


@dataclass
class Receiver:
    """What one process takes on. Of two files under one key, the later wins."""

    at_once: int = 6
    #: Seconds without a byte, and for the whole file.
    patience: float = 20
    deadline: float = 900
    _under_way: dict[Hashable, asyncio.Timeout] = field(default_factory=dict)
    _count: int = 0

    async def receive(
        self,
        request: Request,
        key: Hashable,
        *,
        admit: Callable[[], Sender],
        keep: Callable[[Sender, StoredPicture], Mapping[str, Any]],
    ) -> Response:
        """Answer what `keep` makes of the picture, or `{error}`; `admit` comes before its bytes."""
        try:
            _check_length(request)
            with self._slot(), scratch() as folder:
                # After the slot: to be told to wait uses nothing up.
                sender = await asyncio.to_thread(admit)
                original = folder / "original"
                await self._save(request, key, original)
                picture = await asyncio.to_thread(
                    take_in, original, storage(), file_name=_name(request)
                )
                answer = await asyncio.to_thread(keep, sender, picture)
        except AppError as error:
            return refusal(error)
        except (Unavailable, OSError) as error:
            logger.warning("A photo could not be kept: %s", error)
            return refusal(UploadNotKept())
        return JSONResponse(answer, 201)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if self._count >= self.at_once:
            raise UploadsBusy
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1

    async def _save(self, request: Request, key: Hashable, into: Path) -> None:
        size = 0
        with into.open("wb") as file:
            try:
                async with self._only(key):
                    async for chunk in self._paced(request.stream()):
                        size += len(chunk)
                        if size > MAX_BYTES:
                            raise PictureTooLarge
                        await asyncio.to_thread(file.write, chunk)
            except TimeoutError as error:
                raise UploadSlow from error
            except ClientDisconnect as error:
                raise UploadCut from error
        if size == 0:
            raise UploadEmpty

    @asynccontextmanager
    async def _only(self, key: Hashable) -> AsyncIterator[None]:
        # After a lost connection, the first attempt still waits while the second comes in.
        earlier = self._under_way.get(key)
        if earlier is not None and not earlier.expired():
            earlier.reschedule(asyncio.get_running_loop().time())
        async with asyncio.timeout(self.deadline) as whole:
            self._under_way[key] = whole
            try:
                yield
            finally:
                if self._under_way.get(key) is whole:
                    del self._under_way[key]

    async def _paced(self, stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        while True:
            async with asyncio.timeout(self.patience):
                chunk = await anext(stream, None)
            if chunk is None:
                return
            yield chunk


def _check_length(request: Request) -> None:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MAX_BYTES:
        raise PictureTooLarge


def _name(request: Request) -> str | None:
    """What the sender's device calls the file. It is shown to staff, and names nothing of ours.

    Sent as a header: an address would stand in logs.
    """
    return clean_file_name(unquote(request.headers.get("x-file-name", "")))


def clean_file_name(name: str) -> str | None:
    """Drop folders, control and direction marks, and the middle of what is too long."""
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(char for char in name if not unicodedata.category(char).startswith("C"))
    name = " ".join(name.split())
    if len(name) > _FILE_NAME_LENGTH:
        stem, dot, extension = name.rpartition(".")
        ending = f"{dot}{extension}" if stem and len(extension) <= 10 else ""
        name = name[: _FILE_NAME_LENGTH - 1 - len(ending)] + "…" + ending
    return name.strip(". ") or None
