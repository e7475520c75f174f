"""Pictures that arrive: their bytes are expected first, so that nobody removes them meanwhile."""

from pathlib import Path

from core import db
from core.integrations import intake
from core.integrations.intake import StoredPicture
from core.integrations.storage import Storage, digest
from core.services import keeping


def take_in(file: Path, storage: Storage, *, file_name: str | None) -> StoredPicture:
    """Keep a file if it is a picture. Raises `PictureRefused` or `Unavailable`."""
    with db.transaction() as session:
        keeping.expect(session, digest(file))
    return intake.take_in(file, storage, file_name=file_name)
