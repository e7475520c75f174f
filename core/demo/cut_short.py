"""A download that breaks off."""

from pathlib import Path

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class CutShort(Response):
    """Half of a file, announced as the whole of it; then the connection is closed."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.read_bytes(), media_type="application/jsonl")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        half = self.body[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
