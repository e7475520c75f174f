"""What the browser is given to draw: plain values, as JSON can hold them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.findings.judgement import SUGGESTS
from core.findings.print_area import Making
from core.models.base import utc_now
from core.queries.review_queue import GridPhoto
from core.ui import finding_words, print_words
from core.ui.comment_snippets import SNIPPETS

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class GridReason:
    """A reason that may be chosen, with the words its customer will read."""

    id: int
    code: str
    label: str
    customer_text: str
    may_keep: bool
    comment_required: bool
    is_offered: bool  #: False: only where a finding suggests it

    def row(self) -> Row:
        return {**asdict(self), "snippets": list(SNIPPETS.get(self.code, ()))}


@dataclass(frozen=True, slots=True)
class Undoable:
    """An action of this person that may still be taken back."""

    batch: UUID
    label: str  #: "Approved 3 photos"
    until: datetime

    def row(self) -> Row:
        # Seconds, not a time of day: the browser's clock may be wrong.
        left = max(0, round((self.until - utc_now()).total_seconds()))
        return {"batch": str(self.batch), "label": self.label, "seconds": left}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A photo that could not be decided, and what to tell the reviewer about it."""

    id: int
    name: str
    message: str


@dataclass(frozen=True, slots=True)
class GridOutcome:
    """What became of one request."""

    request: UUID
    done: Sequence[int]
    refused: Sequence[Refusal]

    def row(self) -> Row:
        return {
            "request": str(self.request),
            "done": list(self.done),
            "refused": [asdict(refusal) for refusal in self.refused],
        }


def grid_rows(photos: Sequence[GridPhoto], upcoming: Sequence[GridPhoto]) -> Row:
    return {
        "photos": [_row(photo) for photo in photos],
        "upcoming": [_row(photo) for photo in upcoming],
    }


def _row(photo: GridPhoto) -> Row:
    several = f", photo {photo.number_on_order} of {photo.photos_on_order}"
    earlier = photo.earlier
    row = asdict(photo)
    del row["place"], row["area"], row["largest"], row["unit"]
    return {
        **row,
        "print": _print(photo),
        "frame": _frame(photo),
        "findings": [
            {
                "level": found.level.value,
                **asdict(finding_words.words(found, photo.area, photo.unit)),
            }
            for found in photo.findings
        ],
        # Codes of reasons, for the reviewer to choose from.
        "suggested": sorted(
            {SUGGESTS[found.kind] for found in photo.findings if found.kind in SUGGESTS}
        ),
        "label": photo.order_name + (several if photo.photos_on_order > 1 else ""),
        "waiting_since": photo.waiting_since.isoformat(),
        "due_at": photo.due_at.isoformat(),
        "earlier": earlier
        and {
            **asdict(earlier),
            "reasons": list(earlier.reasons),
            "decided_at": earlier.decided_at.isoformat(),
        },
    }


def _frame(photo: GridPhoto) -> Row | None:
    """The shape that the photo is cut to; what is drawn after it has a shape of its own.

    `aspect` is its width by its height; `face` are the shares of both that are left of it once
    the bleed is cut off or bent around the edges.
    """
    area = photo.area
    if area is None or not area.has_size or area.making is Making.DRAWN:
        return None
    across, down = area.for_picture(photo.width, photo.height)
    face = [1 - 2 * area.bleed / across, 1 - 2 * area.bleed / down] if area.bleed else None
    return {"aspect": across / down, "face": face}


def _print(photo: GridPhoto) -> Row:
    found = print_words.resolution_finding(photo)
    density = print_words.density(photo, unit="ppi")
    return {
        "size": print_words.size(photo.area, photo.unit),
        "made": print_words.made(photo.area, photo.unit),
        "density": "" if found else density,
        "resolution": print_words.resolution(photo),
        # "" where nobody can say: how large it is printed, or how it is drawn.
        "level": found.level.value if found else "fine" if density else "",
    }
