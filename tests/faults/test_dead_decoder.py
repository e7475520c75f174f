"""R6: a picture that kills the decoder is flagged, and the others flow."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from PIL import Image
from sqlalchemy import select

from core import db
from core.models import Order, Photo, PhotoState
from tests.families import children
from tests.loop import GOOD, Loop, small_loop

#: No other picture of the loop is as large: by that it is known, and opening it takes a while.
LARGE = 5_000_000


@pytest.fixture
def loop(committed: None, tmp_path: Path) -> Iterator[Loop]:
    orders = [[GOOD], [("MUG", "deadly.png")], [GOOD], [GOOD]]
    with small_loop(tmp_path / "shop", orders) as loop:
        deadly = tmp_path / "deadly.png"
        Image.effect_noise((4000, 4000), 100).save(deadly, compress_level=1)
        assert deadly.stat().st_size > LARGE
        loop.shop.photos["deadly.png"] = deadly  # type: ignore[index]
        yield loop


def has_opened_the_large_one(decoder: psutil.Process) -> bool:
    with suppress(psutil.Error, FileNotFoundError):
        return any(Path(file.path).stat().st_size > LARGE for file in decoder.open_files())
    return False


def kill_its_decoders(is_over: threading.Event) -> None:
    """Each time it is tried, as a machine does that has too little memory."""
    while not is_over.is_set():
        for decoder in filter(has_opened_the_large_one, children("core.integrations.decoder")):
            decoder.kill()


def test_r6_a_picture_that_kills_the_decoder_stops_no_other(loop: Loop) -> None:
    is_over = threading.Event()
    killer = threading.Thread(target=kill_its_decoders, args=(is_over,))
    killer.start()

    loop.sync()
    loop.work()

    is_over.set()
    killer.join()
    with db.transaction() as session:
        states = session.execute(
            select(Order.name, Photo.state, Photo.check_code).join(Photo).order_by(Order.name)
        ).all()
    assert [tuple(row) for row in states] == [
        ("#1001", PhotoState.IN_REVIEW, None),
        ("#1002", PhotoState.TO_CHECK, "killed"),
        ("#1003", PhotoState.IN_REVIEW, None),
        ("#1004", PhotoState.IN_REVIEW, None),
    ]
