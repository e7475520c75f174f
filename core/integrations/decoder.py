"""Open one untrusted picture, and write what a screen may show of it.

A program for one file, `python -I decoder.py FILE [FOLDER]`, started by `pictures`. It prints
`ready` before it touches the file, then its answer as JSON. Whatever goes wrong after that is the
file's doing: this process may crash or be killed, and nobody is hurt. It imports nothing of ours,
because its start is paid for every picture.
"""

import errno
import io
import json
import mmap
import os
import re
import resource
import signal
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from PIL import ExifTags, Image, ImageCms, ImageFile

MEMORY_BYTES = 2 * 2**30
CPU_SECONDS = 30
#: Later than our parent would kill us, for the case that it has died.
ORPHAN_SECONDS = 45
WRITTEN_BYTES = 64 * 2**20
OPEN_FILES = 32

FILE_BYTES = 60 * 2**20
JPEG_PIXELS = 200_000_000
#: Others cannot be decoded at a smaller scale: 199 megapixels with alpha need more than 2 GB.
OTHER_PIXELS = 100_000_000
SHORTEST_SIDE = 200
#: Each scan of a progressive JPEG walks over the whole picture again.
JPEG_SCANS = 100

#: The longest side in pixels, at most, of each file we write.
SIZES = {"full": 2048, "grid": 512}
#: A JPEG decodes to a half or a quarter in no time: 2016 pixels of 4032 are as good as 2048.
NEARLY = 0.97

_KINDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "HEIF"),
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
}
_GENERAL_BRANDS = {b"mif1", b"msf1"}
#: Pictures that we do not open: GIF, TIFF and raw, BMP, ICO, PSD, PDF, JPEG XL, JPEG 2000.
_FOREIGN = (
    *(b"GIF8", b"II*\0", b"MM\0*", b"BM", b"\0\0\1\0", b"8BPS", b"%PDF"),
    *(b"\xff\x0a", b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  "),
)
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
#: What Pillow raises over a broken EXIF block or colour profile.
_BROKEN = (
    *(ValueError, TypeError, LookupError, ArithmeticError, SyntaxError, OSError),
    *(struct.error, ImageCms.PyCMSError),
)


class Refused(Exception):
    """The argument is the `code` of a `PictureRefused`."""


def main(path: Path, folder: Path | None) -> None:
    print("ready", flush=True)  # noqa: T201
    confine()
    try:
        answer: dict[str, object] = {"picture": take_in(path, folder)}
    except Refused as refusal:
        answer = {"refused": refusal.args[0]}
    except MemoryError:
        answer = {"refused": "too_complex"}
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        answer = {"unavailable": "disk_full"}
    print(json.dumps(answer))  # noqa: T201


def confine() -> None:
    """Give up, for good, what opening one picture does not need."""
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: WRITTEN_BYTES,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        _, ceiling = resource.getrlimit(limit)
        if ceiling != resource.RLIM_INFINITY:
            value = min(value, ceiling)
        resource.setrlimit(limit, (value, value))
    signal.alarm(ORPHAN_SECONDS)


def take_in(path: Path, folder: Path | None) -> dict[str, object]:
    """Check a picture and describe it; with a folder, write `<size>.webp` there for each size."""
    with path.open("rb") as file:
        kind = check_file(file)
        with open_picture(file, kind) as picture:
            check_size(picture, kind)
            width, height = picture.size
            if kind == "JPEG":
                _draft(picture, max(SIZES.values()) if folder else min(SIZES.values()))
            picture.load()
            orientation = read_orientation(picture)
            if folder:
                write_sizes(picture, orientation, folder)
            # A second picture in a JPEG or HEIC is a depth map or a preview, not a next frame.
            is_animated = kind in {"PNG", "WEBP", "AVIF"} and getattr(picture, "is_animated", False)
    if orientation >= 5:
        width, height = height, width
    return {"format": kind, "width": width, "height": height, "is_animated": is_animated}


def check_file(file: BinaryIO) -> str:
    """Tell a file's kind by its content alone."""
    length = os.fstat(file.fileno()).st_size
    if length > FILE_BYTES:
        raise Refused("too_large")
    head = file.read(1024)
    kind = kind_of(head)
    if kind is None:
        is_foreign = head.startswith(_FOREIGN) or b"<svg" in head or head[4:8] == b"ftyp"
        raise Refused("unknown_format" if is_foreign else "not_a_picture")
    if kind == "JPEG":
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            if count_scans(content) > JPEG_SCANS:
                raise Refused("too_complex")
    return kind


def kind_of(head: bytes) -> str | None:
    """Name one of the five formats that we open, as Pillow does."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        # Major brand, minor version, compatible brands. A general one can hold either kind.
        box = head[8 : int.from_bytes(head[:4], "big")]
        brands = [box[i : i + 4] for i in range(0, len(box), 4)]
        for brand in brands:
            if brand in _KINDS:
                return _KINDS[brand]
        if _GENERAL_BRANDS.intersection(brands):
            return "HEIF"
    return None


def count_scans(jpeg: bytes | mmap.mmap) -> int:
    """Count a JPEG's scans up to its end marker (ITU T.81, annex B); thumbnails do not count."""
    scans, position = 0, 2
    # Inside a scan, 0xFF is data before 0x00 and restarts before 0xD0 to 0xD7.
    marker = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])")
    while found := marker.search(jpeg, position):
        code, position = found[1][0], found.end()
        if code == 0xD9:
            break
        scans += code == 0xDA
        position += int.from_bytes(jpeg[position : position + 2], "big")
    return scans


def open_picture(file: BinaryIO, kind: str) -> ImageFile.ImageFile:
    if kind == "HEIF":
        import pillow_heif

        # With thumbnails, Pillow would take an embedded one, which may show something else.
        pillow_heif.register_heif_opener(thumbnails=False)
    # We count pixels ourselves: Pillow only warns at its limit, and refuses at twice as many.
    Image.MAX_IMAGE_PIXELS = None
    return Image.open(file, formats=(kind, "MPO") if kind == "JPEG" else (kind,))


def check_size(picture: Image.Image, kind: str) -> None:
    width, height = picture.size
    if width * height > (JPEG_PIXELS if kind == "JPEG" else OTHER_PIXELS):
        raise Refused("too_many_pixels")
    if min(width, height) < SHORTEST_SIDE:
        raise Refused("too_small")


def read_orientation(picture: Image.Image) -> int:
    """EXIF orientation, 1 to 8; 1 where it is missing or broken."""
    with suppress(*_BROKEN):
        value = picture.getexif().get(ExifTags.Base.Orientation)
        if value in _UPRIGHT:
            return int(value)
    return 1


def _draft(picture: ImageFile.ImageFile, longest: int) -> None:
    """Let the JPEG decoder skip the detail that no size would show."""
    width, height = picture.size
    scale = NEARLY * longest / max(width, height)
    picture.draft(None, (max(1, int(width * scale)), max(1, int(height * scale))))


def write_sizes(picture: Image.Image, orientation: int, folder: Path) -> None:
    shown = _scalable(picture)
    # From the largest size down, each made from the one before: only the first is much work.
    for name, longest in sorted(SIZES.items(), key=lambda size: -size[1]):
        shown.thumbnail((longest, longest), reducing_gap=2.0)
        if shown.mode != "RGB" or "icc_profile" in shown.info:
            shown = to_srgb(shown)
        if orientation in _UPRIGHT:
            shown = shown.transpose(_UPRIGHT[orientation])
            orientation = 1
        shown.save(folder / f"{name}.webp", quality=82, method=2)


def _scalable(picture: Image.Image) -> Image.Image:
    """Put pixels into a mode that can be scaled without wrong colours."""
    if picture.mode == "I;16":
        # Pillow's own conversion cuts everything above 255 to white.
        return picture.point(lambda value: value / 257).convert("L")
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    if picture.mode in {"P", "1"}:
        return picture.convert("RGB")
    return picture


def to_srgb(picture: Image.Image) -> Image.Image:
    """Convert by the picture's own profile, put it on white, and drop all that is not pixels."""
    profile = picture.info.get("icc_profile")
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    colours = picture.convert("RGB") if alpha else picture
    result = _by_profile(colours, profile) if profile else None
    result = result or colours.convert("RGB")
    if alpha:
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(result, mask=alpha)
        result = paper
    result.info.clear()
    return result


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """None where the profile is broken, or made for other channels than the picture has."""
    with suppress(*_BROKEN):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, source, target, outputMode="RGB")
    return None


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
