"""A page of photos that nobody ordered, for a grid without a shop behind it."""

import hashlib
from datetime import UTC, datetime, timedelta
from threading import Event

from core.config import ROOT
from core.findings.finding import Finding, Kind, Level
from core.findings.print_area import PrintArea
from core.findings.print_sizes import LengthUnit
from core.findings.resolution import Quality
from core.models import Origin, PhotoState, ResponseBy, ResponseKind, Verdict
from core.queries.photo_history import Answer, OrderPhoto, PastVerdict, PhotoHistory, Round
from core.queries.review_queue import EarlierPhoto, GridPhoto
from core.ui.photo_grid import GridReason

PICTURES = {
    hashlib.sha256(path.name.encode()).hexdigest(): path
    for path in sorted((ROOT / "core/demo/photographs").glob("*.jpg"))
}
MISSING = "0" * 64
#: The original of #1008 is in a format that Chromium does not open.
STRANGE = list(PICTURES)[8]
NOTES = {6: "Please keep the dog's ears in the picture", 11: "A line of a long note.\n" * 300}
#: Its order names another photo by now.
CHANGED_ON_ORDER = 6
#: Nobody can tell the history of #1010.
LOST = 10

#: Set while the server answers at once; a test clears it to see what the browser does meanwhile.
answering = Event()
answering.set()

REASONS = [
    GridReason(
        id=10,
        code="low_res",
        label="Too small for the size",
        customer_text="Your photo would look soft at the size you chose.",
        may_keep=True,
        comment_required=False,
        is_offered=True,
    ),
    GridReason(
        id=20,
        code="blurry",
        label="Out of focus",
        customer_text="At this size, fine details would come out soft.",
        may_keep=True,
        comment_required=False,
        is_offered=True,
    ),
    GridReason(
        id=30,
        code="copyright",
        label="Copyright",
        customer_text="We may print this picture only with its author's consent.",
        may_keep=False,
        comment_required=False,
        is_offered=True,
    ),
    GridReason(
        id=40,
        code="other",
        label="Something else",
        customer_text="",
        may_keep=True,
        comment_required=True,
        is_offered=True,
    ),
    GridReason(
        id=50,
        code="dark",
        label="Too dark",
        customer_text="In print, your photo would come out darker than on a screen.",
        may_keep=True,
        comment_required=False,
        is_offered=True,
    ),
    GridReason(
        id=60,
        code="aspect",
        label="Does not fit the product's shape",
        customer_text="In the format you chose, a part of the picture would be cut away.",
        may_keep=True,
        comment_required=False,
        is_offered=False,
    ),
]

PRODUCTS = [("Canvas", "30 × 40 cm"), ("Photo mug", "White"), ("Cushion with your pet", "40 cm")]
AREAS = [PrintArea(300, 400), None, PrintArea(400, 400, bleed=5)]
FINDINGS = {
    3: (
        Finding(Kind.RESOLUTION, Level.POOR, 0.9, 82, 150, {"unit": "ppi"}),
        Finding(Kind.SHAPE, Level.LOOK, 0.6, 0.31, 0.28, {"sides": "horizontal", "each": 0.15}),
        Finding(Kind.MOVED, Level.LOOK, 0.5, 1.4, 1.3),
    ),
    5: (Finding(Kind.SOFT, Level.LOOK, 0.6, 2.2, 1.8),),
}


def photo(number: int) -> GridPhoto:
    """Photo 1 is of order #1001. Numbers 3 and 4 share an order; some have a story."""
    names = list(PICTURES)
    product, variant = PRODUCTS[number % 3]
    second_try = number in (2, 5)
    since = datetime.now(UTC) - timedelta(hours=60 - 3 * number)
    return GridPhoto(
        id=number,
        version=1,
        order_id=1000 + (3 if number == 4 else number),
        order_name=f"#{1000 + (3 if number == 4 else number)}",
        customer=f"customer{number}@example.com",
        product=product,
        variant=variant,
        quantity=1 + number % 2,
        number_on_order=2 if number == 4 else 1,
        photos_on_order=2 if number in (3, 4) else 1,
        note=NOTES.get(number, ""),
        sha256=MISSING if number == 9 else names[number % len(names)],
        width=1600,
        height=height_of(number),
        is_animated=number == 2,
        assignee="Ada",
        waiting_since=since,
        due_at=since + timedelta(hours=24),
        is_late=since < datetime.now(UTC) - timedelta(hours=24),
        cycle=3 if number == 5 else 2 if second_try else 1,
        response={2: ResponseKind.REPLACED, 5: ResponseKind.KEPT, 8: ResponseKind.ASKED}.get(
            number
        ),
        message="<b>Is this</b> one better? It is the only photo I have of her." * (number == 8),
        earlier=earlier(names[(number + 7) % len(names)]) if second_try else None,
        area=AREAS[number % 3],
        largest=(271, 203) if number % 2 else (271, 406),
        unit=LengthUnit.CM,
        findings=FINDINGS.get(number, ()),
        place=(1, since, number),
        quality=Quality(150, 100, 800),
        is_changed=number == CHANGED_ON_ORDER,
    )


def earlier(sha256: str) -> EarlierPhoto:
    return EarlierPhoto(
        sha256=sha256,
        reasons=["Too small for the size", "Out of focus"],
        comment="Could you send the original from your phone?",
        reviewer="Bob",
        decided_at=datetime.now(UTC) - timedelta(days=1),
    )


def height_of(number: int) -> int:
    """Of photo and picture: there is an even number of these."""
    return 1200 if number % 2 else 2400


def history(number: int) -> PhotoHistory:
    now = photo(number)
    first = now.earlier and Round(
        sha256=now.earlier.sha256,
        width=1600,
        height=height_of(number + 7),
        origin=Origin.ORDER,
        received_at=now.earlier.decided_at - timedelta(days=1),
        verdicts=[past_verdict(now.earlier)],
    )
    last = Round(
        sha256=now.sha256,
        width=now.width,
        height=now.height,
        origin=Origin.CUSTOMER if first else Origin.ORDER,
        received_at=now.waiting_since,
        verdicts=[],
    )
    together = [3, 4] if number in (3, 4) else [number]
    on_order = [on_order_of(each, PhotoState.IN_REVIEW) for each in together]
    if number in (3, 4):
        on_order.append(on_order_of(29, PhotoState.APPROVED))
    return PhotoHistory([first, last] if first else [last], on_order)


def past_verdict(before: EarlierPhoto) -> PastVerdict:
    return PastVerdict(
        verdict=Verdict.REJECTED,
        reasons=before.reasons,
        comment=before.comment,
        reviewer=before.reviewer,
        decided_at=before.decided_at,
        is_undone=False,
        answer=Answer(
            ResponseKind.REPLACED,
            ResponseBy.CUSTOMER,
            "",
            before.decided_at + timedelta(hours=5),
        ),
    )


def on_order_of(number: int, state: PhotoState) -> OrderPhoto:
    each = photo(number)
    return OrderPhoto(number, state, None, each.sha256, each.product, each.variant)
