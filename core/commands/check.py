"""`check`: whether every row has its files, and every file its row."""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from core import db, running
from core.commands import tables
from core.errors import NotFound, PictureRefused, Unavailable
from core.integrations import pictures
from core.integrations.storage import (
    FOLDERS,
    Derived,
    KeptFile,
    Size,
    Storage,
    digest,
    scratch,
    storage,
)
from core.models import utc_now
from core.queries import kept_files
from core.services import keeping

#: Faults in one list; of more than these only the number is told.
LISTED = 1000
LOSSES = ("missing", "damaged", "unreadable")
#: What no row names is left alone for so long.
YOUNG = timedelta(days=1)

ORIGINAL = "original"
#: Instead of a file: what lies in a folder cannot be told.
FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Fault:
    fault: str  #: missing, damaged, unreadable or unnamed
    file: str  #: original, grid, full or folder
    order: str | None
    photo: int | None
    product: str | None
    source: str | None  #: upload or draft
    is_mended: bool
    sha256: str  #: Of a folder, its first two digits


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--deep", action="store_true", help="read every original, and compare it with its name"
    )
    parser.add_argument(
        "--repair",
        action="store_true",
        help="make what is shown anew from the originals; remove files that no row names for a day",
    )
    tables.add_json(parser)


def carry_out(arguments: argparse.Namespace) -> int:
    """Return 1 if something is missing, damaged or unreadable that was not mended."""
    check = Check(storage(), is_deep=arguments.deep, repairs=arguments.repair)
    with running.database():
        for number in _told(check):
            check.folder(FOLDERS[number])
    _report(check, as_json=arguments.json)
    if check.repairs:
        check.storage.clear_remains(before=utc_now() - YOUNG)
    return 1 if sum(check.counts[fault] for fault in LOSSES) > check.counts["mended"] else 0


class Check:
    """Goes through the storage folder by folder, so that a million pictures need little memory."""

    def __init__(self, storage: Storage, *, is_deep: bool, repairs: bool) -> None:
        self.storage = storage
        self.is_deep = is_deep
        self.repairs = repairs
        self.faults: list[Fault] = []  #: `LISTED` at most
        self.counts: Counter[str] = Counter()

    def folder(self, folder: str) -> None:
        # The rows first: what a row names was written before it.
        with db.transaction() as session:
            named = kept_files.named(session, folder)
        try:
            there = {(file.sha, file.size): file for file in self.storage.files(folder)}
        except Unavailable:
            self._note(Fault("unreadable", FOLDER, None, None, None, None, False, folder))
            return
        self.counts["pictures"] += len(named)
        self.counts["files"] += len(there)
        broken = {sha: wrong for sha in named if (wrong := self._wrong(sha, named[sha], there))}
        with db.transaction() as session:
            places = kept_files.places(session, broken)
        mended = {sha: self._mend(sha, broken[sha]) for sha in {place.sha256 for place in places}}
        for place in places:
            for file, fault in broken[place.sha256].items():
                self._note(
                    Fault(
                        *(fault, file, place.order, place.photo_id, place.product, place.source),
                        *(file in mended[place.sha256], place.sha256),
                    )
                )
        self._look_at_unnamed([file for (sha, _), file in there.items() if sha not in named])

    def _wrong(
        self, sha: str, length: int, there: Mapping[tuple[str, Derived | None], KeptFile]
    ) -> dict[str, str]:
        """What is wrong with a picture's files, each by its name."""
        wrong = {}
        original = there.get((sha, None))
        if original is None:
            wrong[ORIGINAL] = "missing"
        elif original.length != length:
            wrong[ORIGINAL] = "damaged"
        elif self.is_deep and (fault := self._fault_within(sha)):
            wrong[ORIGINAL] = fault
        for size in Size:
            derived = there.get((sha, size))
            if derived is None or derived.length == 0:
                wrong[size.value] = "missing"
        return wrong

    def _fault_within(self, sha: str) -> str | None:
        try:
            return None if self.storage.is_whole(sha) else "damaged"
        except Unavailable:
            return "unreadable"

    def _mend(self, sha: str, wrong: Mapping[str, str]) -> Sequence[str]:
        """Make anew what an original in order can give, and return which files."""
        if not self.repairs or ORIGINAL in wrong:
            return ()
        with suppress(NotFound, PictureRefused, Unavailable), scratch() as folder:
            with db.transaction() as session:
                keeping.expect(session, sha)  # its last row may go meanwhile
            copy = folder / "original"
            self.storage.copy_to(sha, copy)
            if digest(copy) == sha:
                pictures.prepare(copy, folder)
                for file in wrong:
                    self.storage.keep_derived(sha, Size(file), folder / f"{file}.webp")
                return list(wrong)
        return ()

    def _look_at_unnamed(self, files: Sequence[KeptFile]) -> None:
        newest: dict[str, datetime] = {}
        for file in files:
            newest[file.sha] = max(file.written_at, newest.get(file.sha, file.written_at))
        for sha in [sha for sha, at in newest.items() if at < utc_now() - YOUNG]:
            with db.transaction() as session:
                if not keeping.is_free(session, sha):
                    continue
                is_gone = self.repairs and self._delete(sha)
            for file in files:
                if file.sha == sha:
                    name = file.size.value if file.size else ORIGINAL
                    self._note(Fault("unnamed", name, None, None, None, None, is_gone, sha))

    def _delete(self, sha: str) -> bool:
        try:
            self.storage.delete(sha)
        except Unavailable:
            return False
        return True

    def _note(self, fault: Fault) -> None:
        self.counts[fault.fault] += 1
        if fault.is_mended and fault.fault != "unnamed":
            self.counts["mended"] += 1
        if len(self.faults) < LISTED:
            self.faults.append(fault)


def _told(check: Check) -> Iterator[int]:
    """Count the folders, and tell a person who waits how far it is."""
    told_at = time.monotonic()
    for number in range(len(FOLDERS)):
        yield number
        if sys.stderr.isatty() and time.monotonic() > told_at + 1:
            told_at = time.monotonic()
            share = (number + 1) / len(FOLDERS)
            print(f"\r{share:4.0%}, {check.counts['files']:,} files", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)


def _report(check: Check, *, as_json: bool) -> None:
    counts = {
        name: check.counts[name] for name in ("pictures", "files", *LOSSES, "unnamed", "mended")
    }
    rows: list[Mapping[str, Any]] = [asdict(fault) for fault in check.faults]
    if as_json:
        tables.show_json({**counts, "faults": rows})
        return
    if rows:
        tables.show(rows, as_json=False)
        more = sum(counts[name] for name in (*LOSSES, "unnamed")) - len(rows)
        print(f"And {more:,} more.\n" if more else "")
    print(", ".join(f"{count:,} {name}" for name, count in counts.items()))
