"""Damaged pictures of every kind, through the very process that opens customers' files."""

import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageCms

from core.errors import PictureRefused
from core.integrations import pictures
from core.integrations.decoder.client import Decoder, Ended
from tests.fuzz.mutations import mutated
from tests.fuzz.report import Report, keep
from tests.made_pictures import DISPLAY_P3, as_file, cmyk_profile

#: No picture as small as ours needs as long.
_PATIENCE = 10.0
_SIZE = (240, 208)
#: The program's own end, or that of a library: the process is there to contain it.
_CRASHES = {-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT, -signal.SIGFPE, -signal.SIGILL}


def fuzz(*, seconds: float, seed: int, kept: Path) -> Report:
    files = list(seeds())
    found: Counter[str] = Counter()
    named: list[str] = []
    decoder = Decoder()
    until, number = time.monotonic() + seconds, 0
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo"
        while time.monotonic() < until:
            # Each input by itself, so that one can be had again without those before it.
            content = mutated(random.Random(f"{seed} {number}"), files)
            photo.write_bytes(content)
            ended = decoder.open(photo, Path(folder), seconds=_PATIENCE)
            outcome = _outcome(ended)
            found[outcome] += 1
            if outcome not in {"opened", "refused"}:
                path = keep(kept, outcome, content, ".photo")
                named.append(f"  input {number}: {outcome}, kept as {path}\n{_last_words(ended)}")
            number += 1
    decoder.end()
    counts = ", ".join(f"{count} {outcome}" for outcome, count in found.most_common())
    return Report([f"Pictures: {number} tried: {counts}", *named], found["failed"])


def _outcome(ended: Ended) -> str:
    if ended.status in _CRASHES:
        return f"contained-{signal.Signals(-ended.status).name}"
    if ended.status < 0:
        return "ended-by-a-limit"
    try:
        picture = pictures.judge(ended)
    except PictureRefused:
        # With a 1, an exception of ours or one that we did not know of was the reason.
        return "failed" if ended.status else "refused"
    return "opened" if picture.measures else "failed"


def _last_words(ended: Ended) -> str:
    return "\n".join(f"    {line}" for line in ended.complaint.splitlines()[-4:])


def seeds() -> Iterator[bytes]:
    """One small file for each way of storing pictures that we know of."""
    colours = Image.merge("RGB", [Image.effect_noise(_SIZE, spread) for spread in (20, 50, 80)])
    grey, alpha = colours.convert("L"), colours.convert("RGBA")
    alpha.putalpha(grey)
    exif = Image.Exif()
    exif[0x10F], exif[0x112] = "Camera", 6
    exif.get_ifd(0x8825)[1] = "N"
    told = {"exif": exif.tobytes(), "icc_profile": DISPLAY_P3}
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    several = {"save_all": True, "append_images": [grey.convert("RGB")]}
    yield as_file(colours, "JPEG", **told)
    yield as_file(colours, "JPEG", progressive=True, icc_profile=srgb)
    yield as_file(grey, "JPEG", restart_marker_blocks=4)
    yield as_file(colours.convert("CMYK"), "JPEG", icc_profile=cmyk_profile())
    yield as_file(colours, "MPO", **several)
    yield as_file(colours, "PNG", **told)
    yield as_file(alpha, "PNG", **several)
    yield as_file(grey.convert("I;16"), "PNG")
    yield as_file(colours.quantize(64), "PNG", transparency=3)
    yield as_file(grey.convert("1"), "PNG")
    yield as_file(colours, "WEBP", **told)
    yield as_file(alpha, "WEBP", lossless=True, **several)
    yield as_file(colours, "HEIF", **told)
    yield as_file(alpha, "HEIF", color_primaries=12, transfer_characteristics=13)
    yield as_file(colours, "AVIF", **told)
    yield as_file(alpha, "AVIF")
    yield as_file(colours, "AVIF", **several)
