"""Pictures as the app sees them, and photographs as the cases want them."""

import io

from PIL import Image, ImageOps

from core.findings.measures import Measures
from core.findings.view import View
from core.integrations.decoder.opening import look
from tests.bench.corpus import Photograph

#: A few are larger than what cases gain from; most cameras' pictures are not.
_LONGEST = 4096


def measures_of(content: bytes) -> Measures:
    return Measures.of(view_of(content))


def view_of(content: bytes) -> View:
    return look(io.BytesIO(content)).view


def picture_of(photograph: Photograph) -> Image.Image:
    """RGB, upright."""
    with Image.open(photograph.path) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    picture.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS)
    picture.info.clear()
    return picture
