"""Serves the page with its pictures; a test may hold the server's answers back."""

from functools import cache
from pathlib import Path

from PIL import Image, ImageOps
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from streamlit import App

from core.ui.photo_grid.rows import grid_row
from core.web.photo_history import as_json
from tests.core.ui.photo_grid.desk import edits
from tests.core.ui.photo_grid.desk.made_up import (
    LOST,
    PICTURES,
    STRANGE,
    answering,
    height_of,
    history,
    photo,
)

#: The longest side. Every original is larger than its copy, and as large as its photo's row says.
SIZES = {"grid": 512, "full": 1200, "original": 2400}


def picture(request: Request) -> Response:
    sha256, size = request.path_params["sha256"], request.path_params["size"]
    if sha256 in edits.pictures:
        return Response(edits.as_jpeg(edits.pictures[sha256], SIZES[size]), media_type="image/jpeg")
    if sha256 not in PICTURES:
        return Response(status_code=404)
    if size == "original" and sha256 == STRANGE:
        return Response(b"ftypheic", media_type="image/heif")
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(preview(sha256, SIZES[size]), media_type="image/jpeg", headers=headers)


@cache
def preview(sha256: str, longest: int) -> bytes:
    return edits.as_jpeg(original(sha256), longest)


def original(sha256: str) -> Image.Image:
    with Image.open(PICTURES[sha256]) as image:
        return ImageOps.fit(image, (1600, height_of(list(PICTURES).index(sha256))))


def story(request: Request) -> Response:
    number = request.path_params["number"]
    if number == LOST:
        return Response(status_code=503)
    return Response(as_json(history(number)), media_type="application/json")


async def edit(request: Request) -> Response:
    number, asked = request.path_params["number"], await request.json()
    await run_in_threadpool(answering.wait, 30)
    came = original(photo(number).sha256 or "")
    return JSONResponse({"photo": grid_row(edits.edited(number, asked, came))})


async def take_picture(request: Request) -> Response:
    """As our own route answers; a file that says it is broken is not a picture."""
    body = await request.body()
    await run_in_threadpool(answering.wait, 30)
    if body.startswith(b"broken"):
        return JSONResponse({"error": "This file cannot be opened."}, 422)
    return JSONResponse(
        {"id": request.path_params["number"], "version": 2, "sha256": "f" * 64}, 201
    )


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
        Route("/desk/photos/{number:int}/edits", edit, methods=["POST"]),
        Route("/desk/photos/{number:int}/picture", take_picture, methods=["PUT"]),
        Route("/hold", hold),
        Route("/release", release),
        Route("/readyz", ready),
    ],
)
