"""Serves the page with its pictures; a test may hold the server's answers back."""

from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import App

from tests.core.ui.photo_grid.desk.made_up import PICTURES, answering

SIZES = {"grid": 512, "full": 1600}


def picture(request: Request) -> Response:
    sha256, size = request.path_params["sha256"], request.path_params["size"]
    if sha256 not in PICTURES:
        return Response(status_code=404)
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(preview(sha256, SIZES[size]), media_type="image/jpeg", headers=headers)


@cache
def preview(sha256: str, longest: int) -> bytes:
    with Image.open(PICTURES[sha256]) as image:
        image.thumbnail((longest, longest))
        out = BytesIO()
        image.save(out, "JPEG")
        return out.getvalue()


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
        Route("/hold", hold),
        Route("/release", release),
        Route("/readyz", ready),
    ],
)
