"""`inspect`: which pictures can be printed, and what is worth a look in them."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.commands import tables
from core.errors import PictureRefused, Unavailable
from core.findings import judgement, print_sizes
from core.findings.finding import Level
from core.findings.print_area import PrintArea
from core.findings.print_sizes import LengthUnit
from core.findings.resolution import Quality
from core.integrations import pictures

#: A new shop's.
QUALITY = Quality(minimum_dpi=150, hard_minimum_dpi=100, drawn_pixels=800)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--print",
        type=_area,
        metavar="SIZE",
        dest="area",
        help='what it would be printed on, such as "30 x 40 cm" or A4',
    )
    tables.add_json(parser)


def carry_out(arguments: argparse.Namespace) -> int:
    """Return 1 if a file was not handled: what is wrong then is not the picture."""
    rows, missed = [], 0
    for file in arguments.files:
        try:
            rows.append(_row(file, arguments.area))
        except (Unavailable, OSError) as error:
            print(f"{file}: {error}", file=sys.stderr)
            missed += 1
    if not arguments.json:
        rows = [_briefly(row) for row in rows]
    tables.show(rows, as_json=arguments.json)
    return 1 if missed else 0


def _area(title: str) -> PrintArea:
    size = print_sizes.read(title, unit=LengthUnit.CM)
    if size is None:
        raise argparse.ArgumentTypeError(f"no print size: {title!r}")
    return PrintArea(size.width, size.height, is_fixed=size.is_fixed)


def _row(file: Path, area: PrintArea | None) -> dict[str, Any]:
    if not file.is_file():
        raise FileNotFoundError("there is no such file")
    row: dict[str, Any] = {"file": str(file), "bytes": file.stat().st_size}
    try:
        picture = pictures.inspect(file)
    except PictureRefused as refusal:
        unknown = ("format", "width", "height", "findings", "seconds", "peak_bytes")
        return row | {"status": "refused", "reason": str(refusal)} | dict.fromkeys(unknown)
    found = judgement.judge(
        picture.measures,
        width=picture.width,
        height=picture.height,
        area=area,
        quality=QUALITY,
    )
    return row | {
        "status": "ok",
        "reason": None,
        "format": picture.format,
        "width": picture.width,
        "height": picture.height,
        "findings": [asdict(finding) for finding in found],
        "seconds": round(picture.seconds, 3),
        "peak_bytes": picture.peak_bytes,
    }


def _briefly(row: dict[str, Any]) -> dict[str, Any]:
    """For people: only what is worth a look, and megabytes."""
    found = [
        f"{finding['kind']} {finding['score']:.2f}"
        for finding in row["findings"] or ()
        if finding["level"] is not Level.FINE
    ]
    peak = row.pop("peak_bytes")
    return row | {
        "findings": ", ".join(found) or None,
        "megabytes": peak and round(peak / 2**20),
    }
