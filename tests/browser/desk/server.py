"""Serves the page with its pictures; a test may hold the server's answers back."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from streamlit import App

from tests.browser.desk.made_up import PICTURES, answering


def picture(request: Request) -> Response:
    path = PICTURES.get(request.path_params["sha256"])
    if path is None:
        return Response(status_code=404)
    return FileResponse(path, headers={"Cache-Control": "private, max-age=31536000, immutable"})


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
