"""What the browser is given to draw: plain values, as JSON can hold them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.findings.judgement import SUGGESTS
from core.findings.print_area import MM_PER_INCH, Making, PrintArea
from core.models.base import utc_now
from core.queries.review_queue import GridPhoto
from core.ui import finding_words, issue_words, print_words
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
    shop_id: int = 0
    shop: str = ""

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


def issue_rows(
    photos: Sequence[GridPhoto], upcoming: Sequence[GridPhoto], customers_links: Mapping[int, str]
) -> Row:
    """Rows of photos that wait for their customers; the links are those of their orders."""

    def row(photo: GridPhoto) -> Row:
        return {**grid_row(photo), "issue": _issue(photo, customers_links[photo.order_id])}

    return {"photos": [*map(row, photos)], "upcoming": [*map(row, upcoming)]}


def grid_rows(photos: Sequence[GridPhoto], upcoming: Sequence[GridPhoto]) -> Row:
    return {
        "photos": [grid_row(photo) for photo in photos],
        "upcoming": [grid_row(photo) for photo in upcoming],
    }


def grid_row(photo: GridPhoto) -> Row:
    several = f", photo {photo.number_on_order} of {photo.photos_on_order}"
    earlier = photo.earlier
    row = asdict(photo)
    del row["place"], row["area"], row["largest"], row["unit"], row["quality"]
    del row["issue"], row["is_by_policy"]  # are told below
    return {
        **row,
        "response_by": "The shop’s rule" if photo.is_by_policy else photo.response_by,
        "print": _print(photo),
        "frame": _frame(photo),
        "crop": _crop(photo),
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


def _issue(photo: GridPhoto, customers_link: str) -> Row:
    issue = photo.issue
    if issue is None:
        raise ValueError(f"photo {photo.id} waits for nobody")
    return {
        "reasons": list(issue.reasons),
        "comment": issue.comment,
        "reviewer": issue.reviewer,
        "decided_at": issue.decided_at.isoformat(),
        "rejections": issue.rejections,
        "mail": asdict(issue_words.mail(issue)),
        "mail_sent_at": issue.mail_sent_at and issue.mail_sent_at.isoformat(),
        "answer_due_at": issue.answer_due_at and issue.answer_due_at.isoformat(),
        "may_keep": issue.may_keep,
        "email": issue.email,
        "is_gentle": issue.is_gentle,
        "link": customers_link,
    }


def _frame(photo: GridPhoto) -> Row | None:
    """The shape that the photo is cut to; what is drawn after it has a shape of its own."""
    area = _printed(photo)
    return None if area is None else _shape(area, *area.for_picture(photo.width, photo.height))


def _crop(photo: GridPhoto) -> Row | None:
    """What a part of the photo is to be printed on: `shapes` as it lies, and the other way round.

    Each has its `inches` beside what a frame has; `enough` and `few` are pixels for one of them.
    """
    area, quality = _printed(photo), photo.quality
    if area is None or quality is None:
        return None
    across, down = area.for_picture(photo.width, photo.height)
    other = (across, down) if area.is_fixed else (down, across)
    return {
        "shapes": [
            {**_shape(area, *sides), "inches": [side / MM_PER_INCH for side in sides]}
            for sides in ((across, down), other)
        ],
        "enough": quality.minimum_dpi,
        "few": quality.hard_minimum_dpi,
    }


def _printed(photo: GridPhoto) -> PrintArea | None:
    area = photo.area if photo.sha256 else None
    is_cut_to = area is not None and area.has_size and area.making is not Making.DRAWN
    return area if is_cut_to else None


def _shape(area: PrintArea, across: float, down: float) -> Row:
    """`aspect` is its width by its height; `face` are the shares of both that are left of it once
    the bleed is cut off or bent around the edges.
    """
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
