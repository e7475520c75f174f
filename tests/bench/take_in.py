"""A picture taken in, beside the plainest programs that make the same: `take_in`, `_48mp`, `_heic`.

Both sides tell its SHA-256, write it upright, in sRGB and without metadata at two sizes, and
measure it: we as the app does, in a process that is thrown away, they unprotected, and only an
edge's sharpness, the brightness and a perceptual hash.
"""

import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pillow_heif
import pyvips
from numpy.typing import NDArray
from PIL import Image, ImageOps

from core.integrations import pictures, storage
from core.integrations.decoder.child import (
    FULL_METHOD,
    FULL_QUALITY,
    GRID_METHOD,
    GRID_QUALITY,
)
from core.integrations.storage import Size
from tests.bench.corpus import photographs
from tests.bench.result import Result

Program = Callable[[Path, Path], object]

RUNS = 15
#: The most that our caution may cost.
LIMIT = 1.5

#: The most detailed of the large ones, of 20 megapixels.
_PHOTOGRAPH = "nuthatch"
_TURNED = 6  # as a phone that is held upright stores it: of EXIF's orientations
#: Longest sides: what we make of a JPEG by leaving pixels out, and of the others.
_OF_JPEG, _OF_OTHERS, _SMALL = 2016, 2048, 512


def _of_12_mp() -> Iterator[Result]:
    yield _result("take_in", "JPEG", (4032, 3024), _PEERS)


def _of_48_mp() -> Iterator[Result]:
    yield _result("take_in_48mp", "JPEG", (8064, 6048), _PEERS)


def _of_heic() -> Iterator[Result]:
    # The wheels of the others have no decoder for it.
    yield _result("take_in_heic", "HEIF", (4032, 3024), {"pillow": _by_pillow})


BENCHES = {"take_in": _of_12_mp, "take_in_48mp": _of_48_mp, "take_in_heic": _of_heic}


def _result(name: str, kind: str, size: tuple[int, int], peers: Mapping[str, Program]) -> Result:
    """`ratio` is ours over the best of the others."""
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo"
        _write_photograph(photo, kind, size)
        programs: dict[str, Program] = {"loupe": _by_us, **peers}
        seconds: dict[str, list[float]] = {program: [] for program in programs}
        for take_in in programs.values():
            _check(take_in, photo, Path(folder), _OF_JPEG if kind == "JPEG" else _OF_OTHERS)
        for _ in range(RUNS):
            for program, take_in in programs.items():
                began = time.perf_counter()
                take_in(photo, Path(folder))
                seconds[program].append(1000 * (time.perf_counter() - began))
        peak = pictures.inspect(photo).peak_bytes
    medians = {program: statistics.median(times) for program, times in seconds.items()}
    ours = medians.pop("loupe")
    best = min(medians, key=medians.__getitem__)
    return Result(
        name=name,
        ours=ours,
        other=medians[best],
        ratio=ours / medians[best],
        unit="ms",
        runs=RUNS,
        more={"limit": LIMIT, "best": best, **medians, "peak_mb": round(peak / 1e6)},
    )


@cache
def _photograph() -> Image.Image:
    (found,) = (each for each in photographs() if each.name == _PHOTOGRAPH)
    with Image.open(found.path) as opened:
        return opened.convert("RGB")


def _write_photograph(path: Path, kind: str, size: tuple[int, int]) -> None:
    pillow_heif.register_heif_opener()
    exif = Image.Exif()
    exif[0x112] = _TURNED
    scaled = ImageOps.fit(_photograph(), size, Image.Resampling.LANCZOS)
    scaled.save(path, kind, quality=92, exif=exif.tobytes())


def _check(take_in: Program, photo: Path, folder: Path, large: int) -> None:
    """The same came out, or times cannot be compared. It warms up, too."""
    take_in(photo, folder)
    for size, height in ((Size.FULL, large), (Size.GRID, _SMALL)):
        with Image.open(folder / f"{size}.webp") as made:
            if made.size != (height * 3 // 4, height) or made.info.keys() & {"exif", "icc_profile"}:
                raise AssertionError(f"{take_in} makes something else: {made.size}")
        (folder / f"{size}.webp").unlink()


def _by_us(photo: Path, folder: Path) -> object:
    return storage.digest(photo), pictures.prepare(photo, folder)


def _by_pillow(photo: Path, folder: Path) -> object:
    sha = hashlib.sha256(photo.read_bytes()).hexdigest()
    with Image.open(photo) as opened:
        longest = _OF_JPEG if opened.format == "JPEG" else _OF_OTHERS
        opened.draft("RGB", (longest, longest * 3 // 4))
        opened.thumbnail((longest, longest), reducing_gap=2.0)
        large = ImageOps.exif_transpose(opened)
    large.info.clear()
    large.save(folder / "full.webp", quality=FULL_QUALITY, method=FULL_METHOD)
    small = large.copy()
    small.thumbnail((_SMALL, _SMALL), Image.Resampling.LANCZOS, reducing_gap=1.5)
    small.save(folder / "grid.webp", quality=GRID_QUALITY, method=GRID_METHOD)
    return sha, _measured(np.asarray(large.convert("L")))


def _by_opencv(photo: Path, folder: Path) -> object:
    content = photo.read_bytes()
    sha = hashlib.sha256(content).hexdigest()
    with Image.open(photo) as opened:
        is_halved = opened.size[0] == 2 * _OF_JPEG
    reduced = cv2.IMREAD_REDUCED_COLOR_2 if is_halved else cv2.IMREAD_REDUCED_COLOR_4
    large = cv2.imdecode(np.frombuffer(content, np.uint8), reduced)
    assert large is not None
    small = cv2.resize(large, (_SMALL * 3 // 4, _SMALL), interpolation=cv2.INTER_AREA)
    # It has a setting for the quality, and none for the method.
    cv2.imwrite(str(folder / "full.webp"), large, [cv2.IMWRITE_WEBP_QUALITY, FULL_QUALITY])
    cv2.imwrite(str(folder / "grid.webp"), small, [cv2.IMWRITE_WEBP_QUALITY, GRID_QUALITY])
    return sha, _measured(cv2.cvtColor(large, cv2.COLOR_BGR2GRAY))


def _by_libvips(photo: Path, folder: Path) -> object:
    content = photo.read_bytes()
    sha = hashlib.sha256(content).hexdigest()
    large = pyvips.Image.thumbnail_buffer(content, _OF_JPEG, height=_OF_JPEG).copy_memory()
    small = large.thumbnail_image(_SMALL, height=_SMALL)
    large.webpsave(str(folder / "full.webp"), Q=FULL_QUALITY, effort=FULL_METHOD, keep="none")
    small.webpsave(str(folder / "grid.webp"), Q=GRID_QUALITY, effort=GRID_METHOD, keep="none")
    return sha, _measured(large.colourspace("b-w").numpy())


_PEERS: Mapping[str, Program] = {
    "pillow": _by_pillow,
    "opencv": _by_opencv,
    "libvips": _by_libvips,
}


def _measured(grey: NDArray[Any]) -> tuple[float, float, bytes]:
    """The variance of the Laplacian, the mean, and the signs of 8 x 8 waves (a "pHash")."""
    waves = cv2.dct(cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32))
    return (
        float(cv2.Laplacian(grey, cv2.CV_32F).var()),
        float(grey.mean()),
        np.packbits(waves[:8, :8] > np.median(waves[:8, :8])).tobytes(),
    )
