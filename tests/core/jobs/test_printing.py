from pathlib import Path

import pytest

from core import db
from core.clients import Clients
from core.integrations.storage import Copy, storage
from core.models import Upload
from core.services import hand_overs
from tests.cast import Cast
from tests.loop import work
from tests.made_pictures import saved


@pytest.mark.usefixtures("committed")
def test_copies_to_print_from_are_made_before_somebody_asks(tmp_path: Path) -> None:
    (tmp_path / "good").write_bytes(saved("JPEG"))
    (tmp_path / "bad").write_bytes(b"no picture")
    good, bad = (storage().keep_original(tmp_path / name) for name in ("good", "bad"))
    with db.transaction() as session:
        cast = Cast(session)
        placed = cast.order(photos=3)
        for photo, sha256 in zip(placed.photos, (good, bad, "0" * 64), strict=True):
            session.get_one(Upload, photo.upload_id).sha256 = sha256
        cast.approve(*placed.photos)
        hand_overs.prepare(session, placed.id)

    work(Clients())

    assert storage().has(good, Copy.PRINT)
    assert not storage().has(bad, Copy.PRINT)
