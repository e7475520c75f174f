"""A decoded picture as every measure sees it, prepared once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

#: The longest side, in pixels, of a view and of its small version.
LONGEST = 2048
SMALL = 512

#: ITU-R BT.601, as Pillow's conversion to "L" and every JPEG.
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, slots=True)
class Source:
    """What the file says of itself; all of it may be missing or wrong."""

    format: str  #: JPEG, PNG, WEBP, HEIF or AVIF
    width: int  #: Pixels of the original, upright
    height: int
    size: int  #: Bytes
    #: Luminance quantization of a JPEG, 64 steps in natural order; None for other formats.
    quantization: Sequence[int] | None = None
    camera: str = ""  #: EXIF make and model
    software: str = ""  #: EXIF software


class View:
    """The picture upright, in sRGB, at most `LONGEST` pixels on its longest side.

    Nothing smaller is enlarged. Measures read these arrays and never change them.
    """

    def __init__(self, picture: Image.Image, small: Image.Image, source: Source) -> None:
        """`picture` and `small` are RGB; `small` is at most `SMALL` pixels."""
        self.picture = picture
        self.small_picture = small
        self.source = source

    @property
    def scale(self) -> float:
        """Pixels here for one of the original: 1 where nothing was scaled down."""
        return max(self.picture.size) / max(self.source.width, self.source.height)

    @cached_property
    def grey_picture(self) -> Image.Image:
        return self.picture.convert("L")

    @cached_property
    def grey(self) -> NDArray[np.float32]:
        """Luma, (height, width), 0 to 255."""
        return np.asarray(self.grey_picture, np.float32)

    @cached_property
    def small(self) -> NDArray[np.uint8]:
        """(height, width, 3), 0 to 255."""
        return np.asarray(self.small_picture)

    @cached_property
    def small_grey(self) -> NDArray[np.float32]:
        """Luma, (height, width), 0 to 255."""
        return self.small.astype(np.float32) @ _LUMA
