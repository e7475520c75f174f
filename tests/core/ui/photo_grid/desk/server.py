"""Serves the page with its pictures; a test may hold the server's answers back."""

from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import App

from core.web.photo_history import as_json
from tests.core.ui.photo_grid.desk.made_up import (
    LOST,
    PICTURES,
    STRANGE,
    answering,
    height_of,
    history,
)

#: The longest side. Every original is larger than its copy, and as large as its photo's row says.
SIZES = {"grid": 512, "full": 1200, "original": 2400}


def picture(request: Request) -> Response:
    sha256, size = request.path_params["sha256"], request.path_params["size"]
    if sha256 not in PICTURES:
        return Response(status_code=404)
    if size == "original" and sha256 == STRANGE:
        return Response(b"ftypheic", media_type="image/heif")
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(preview(sha256, SIZES[size]), media_type="image/jpeg", headers=headers)


@cache
def preview(sha256: str, longest: int) -> bytes:
    with Image.open(PICTURES[sha256]) as image:
        whole = ImageOps.fit(image, (1600, height_of(list(PICTURES).index(sha256))))
    whole.thumbnail((longest, longest))
    out = BytesIO()
    whole.save(out, "JPEG")
    return out.getvalue()


def story(request: Request) -> Response:
    number = request.path_params["number"]
    if number == LOST:
        return Response(status_code=503)
    return Response(as_json(history(number)), media_type="application/json")


def hold(_: Request) -> Response:
    answering.clear()
    return Response()


def release(_: Request) -> Response:
    answering.set()
    return Response()


def ready(_: Request) -> Response:
    return Response()


app = App(
    Path(__file__).parent / "page.py",
    routes=[
        Route("/photos/{sha256}/{size}", picture),
        Route("/desk/photos/{number:int}/history", story),
        Route("/hold", hold),
        Route("/release", release),
        Route("/readyz", ready),
    ],
)
