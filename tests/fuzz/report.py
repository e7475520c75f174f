"""What a fuzzing run found."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Report:
    lines: Sequence[str]
    #: Inputs over which something of ours failed.
    failed: int


def keep(folder: Path, why: str, content: bytes, suffix: str) -> Path:
    """Write an input under a name that tells what it did."""
    path = folder / f"{why}-{hashlib.sha256(content).hexdigest()[:12]}{suffix}"
    path.write_bytes(content)
    return path
