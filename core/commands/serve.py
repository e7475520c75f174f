"""`serve`: the web part alone."""

import argparse
import logging

import uvicorn

from core.clients import Clients, give_to_pages
from core.commands import logs
from core.config import ROOT, settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", help="where to listen: by default 127.0.0.1, or 0.0.0.0 with LOUPE_PUBLIC_URL"
    )
    parser.add_argument(
        "--demo-shop", metavar="URL", help="where the demo shop is, as `run` passes it"
    )


def carry_out(arguments: argparse.Namespace) -> None:
    logs.begin()
    give_to_pages(Clients(demo_shop=arguments.demo_shop))
    # Streamlit gives it a handler in spite of `access_log`; customers' links stand in its lines.
    logging.getLogger("uvicorn.access").disabled = True
    uvicorn.run(
        "Home:app",
        host=arguments.host or settings().host,
        port=settings().port,
        app_dir=str(ROOT),
        log_config=None,
        access_log=False,
        server_header=False,
        # The gate decides whom to believe about that.
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
