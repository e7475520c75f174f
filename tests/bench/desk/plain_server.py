"""Serves the plain page as Streamlit does, without our gate and routes."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import App  # noqa: TID251 - what we compare with


def ready(_: Request) -> Response:
    return Response()


app = App(Path(__file__).with_name("plain_page.py"), routes=[Route("/readyz", ready)])
