"""Packages from the npm registry, pinned by version and content, fetched once into `.cache/`."""

import hashlib
import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

CACHE = Path(__file__).parents[2] / ".cache"


def pinned(package: str, sha256: str) -> Path:
    """The package's tarball; a test that cannot have it fails."""
    name, _, version = package.rpartition("@")
    path = CACHE / f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"
    if not path.exists():
        CACHE.mkdir(exist_ok=True)
        _fetch(package, path)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    assert found == sha256, f"{path} is not the package that was pinned; delete it."
    return path


def read_json(tarball: Path, member: str) -> Any:
    with tarfile.open(tarball) as files:
        file = files.extractfile(f"package/{member}")
        assert file is not None, f"{tarball.name} has no file {member}"
        return json.load(file)


def _fetch(package: str, path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.fail(f"npm is needed to fetch {package}: install Node.js with npm.")
    packed = subprocess.run(
        [npm, "pack", "--silent", "--pack-destination", str(path.parent), package],
        capture_output=True,
        text=True,
    )
    if packed.returncode:
        pytest.fail(f"npm could not fetch {package}:\n{packed.stderr}")
    (path.parent / packed.stdout.split()[-1]).rename(path)
