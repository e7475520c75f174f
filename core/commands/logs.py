"""What our long-running commands print: a line for each thing that happened, with its time."""

import logging
import time


def begin() -> None:
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)sZ %(levelname)s %(name)s: %(message)s"
    )
    logging.Formatter.converter = time.gmtime
    # These name each request or job, with addresses and arguments that may be personal.
    for name in ("alembic", "httpx", "httpcore", "procrastinate"):
        logging.getLogger(name).setLevel(logging.WARNING)
