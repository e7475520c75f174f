"""The segments of a JPEG (ITU T.81, annex B): how many scans, what is needed, is it all there."""

import re
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from PIL import Image, ImageChops

from core.integrations.decoder.formats import ZEROS, Refused, Stripped

#: Each scan of a progressive JPEG walks over the whole picture again.
SCANS = 100

#: Not a 0xFF in a scan's data, nor one that only fills, nor what has no length: TEM, RST and SOI.
_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
_EOI, _SOS, _APP1, _APP2 = 0xD9, 0xDA, 0xE1, 0xE2
_TOLD = {*range(0xE0, 0xF0), 0xFE}
#: What the decoder has to know of its colours, and the length under which it would not read it.
_COLOURS = {0xE0: (b"JFIF\0", 14), 0xEE: (b"Adobe", 12)}
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
#: Those in which each block takes its bits, however little it says.
_PLAIN = {0xC0, 0xC1}
#: More bits than any scan leaves out.
_NOTHING = 16

#: Where data is missing libjpeg leaves coefficients at zero; CMYK comes out inverted.
_FILL = {127, 128}
_FLAT_SHARE = 0.01


def segments(jpeg: bytes) -> Iterator[tuple[int, int, int]]:
    """Its code, where each begins, and where its content ends, up to the end of the picture."""
    position = 2
    while found := _MARKER.search(jpeg, position):
        code, start, position = found[1][0], found.start(), found.end()
        if code != _EOI:
            position += max(2, int.from_bytes(jpeg[position : position + 2], "big"))
        yield code, start, position
        if code == _EOI:
            break


def count_scans(jpeg: bytes) -> int:
    """Thumbnails and second pictures do not count."""
    return sum(code == _SOS for code, _, _ in segments(jpeg))


def strip(file: BinaryIO) -> Stripped:
    """Raises `Refused` for too many scans."""
    jpeg = file.read()
    if count_scans(jpeg) > SCANS:
        raise Refused("too_complex")
    kept, exif, profile = [jpeg[:2]], b"", list[bytes]()
    for code, start, end in segments(jpeg):
        content = jpeg[start + 4 : end]
        if code == _SOS:
            kept.append(jpeg[start:])
            break
        if code == _APP1 and content.startswith(b"Exif\0\0"):
            exif = exif or content
        elif code == _APP2 and content.startswith(b"ICC_PROFILE\0"):
            profile.append(content[12:])
        elif code not in _TOLD or _is_of_colours(code, content):
            kept.append(jpeg[start:end])
    return Stripped(b"".join(kept), {"exif": exif, "icc_profile": _joined(profile)})


def _is_of_colours(code: int, content: bytes) -> bool:
    name, length = _COLOURS.get(code, (b"", len(content) + 1))
    return content.startswith(name) and len(content) >= length


def _joined(profile: list[bytes]) -> bytes:
    """Each part begins with its number and how many there are (ICC.1:2010, B.4)."""
    profile.sort()
    is_whole = all(tuple(part[:2]) == (i, len(profile)) for i, part in enumerate(profile, 1))
    return b"".join(part[2:] for part in profile) if is_whole else b""


def is_cut(jpeg: bytes, picture: Image.Image) -> bool:
    """Whether the end of a picture is missing, though it decoded without complaint."""
    if not jpeg[-ZEROS:].strip(b"\0") and _end(jpeg) is None:
        return True
    frame = next((code for code, _, _ in segments(jpeg) if code in _FRAMES), None)
    return _lacks_scans(jpeg) or (frame in _PLAIN and _lacks_rows(jpeg, picture))


def _end(jpeg: bytes) -> int | None:
    return next((start for code, start, _ in segments(jpeg) if code == _EOI), None)


def _lacks_scans(jpeg: bytes) -> bool:
    """Whether luminance was not sent to its last bit, or another component not at all."""
    lacking: dict[int, list[int]] = {}  # bits of each coefficient of each component
    is_progressive = False
    for code, start, end in segments(jpeg):
        content = jpeg[start + 4 : end]
        if code in _FRAMES:
            is_progressive = code in _PROGRESSIVE
            lacking = {component: [_NOTHING] * 64 for component in content[6::3]}
        elif code == _SOS:
            components = content[1 : 1 + 2 * content[0] : 2]
            first, last, bits = 0, 63, 0
            if is_progressive:
                first, last, bits = content[-3], min(content[-2], 63), content[-1] & 15
            elif len(components) == len(lacking):
                return False
            for component in lacking.keys() & set(components):
                lacking[component][first : last + 1] = [bits] * (last + 1 - first)
    luminance = next(iter(lacking.values()), [])
    return any(luminance) or any(sent[0] == _NOTHING for sent in lacking.values())


def _lacks_rows(jpeg: bytes, picture: Image.Image) -> bool:
    """Whether it ends in the grey of missing data, and in data that says something else.

    What is flat and meant to be takes at least two bits for each 8 x 8 pixels, the same ones again
    and again. A file that was cut ends in the data of a photograph, which no zip makes shorter.
    """
    width, height = picture.size
    bottom = picture.crop((0, height - max(1, int(height * _FLAT_SHARE)), width, height))
    colours = bottom.getcolors(1)
    if colours is None or not _FILL.issuperset(_bands(colours[0][1])):
        return False
    grey = Image.new(picture.mode, picture.size, colours[0][1])
    box = ImageChops.difference(picture, grey).getbbox()
    flat = height - box[3] if box else height
    end = _end(jpeg) or len(jpeg)
    data = jpeg[max(0, end - width * flat * 2 // 64 // 8) : end]
    return len(zlib.compress(data)) > 64 + len(data) // 8


def _bands(colour: float | tuple[int, ...]) -> tuple[float, ...]:
    return colour if isinstance(colour, tuple) else (colour,)
