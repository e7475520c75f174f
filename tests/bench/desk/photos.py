"""A shop whose photos wait: pictures of their own for each, half of them Ada's, half Bob's."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.demo import photographs
from core.findings.finding import Kind, Level
from core.findings.print_area import Making
from core.integrations import pictures
from core.integrations.storage import Size
from core.models import (
    UNFLAGGED,
    LineItem,
    Order,
    Origin,
    Photo,
    PhotoState,
    Product,
    Shop,
    Upload,
    UploadFinding,
    Variant,
    utc_now,
)
from core.services.actors import Actor

#: Of so many photos one has the finding, and of so many orders one the note.
_FLAGGED, _NOTED = 5, 10
_SIZES = (("20 x 30 cm", 200, 300), ("30 x 40 cm", 300, 400), ("60 x 90 cm", 600, 900))
#: Longest sides in pixels: of what phones take, and of what is enough to make our copies from.
_TAKEN, _ENOUGH = 4032, 2400

#: Where the plain page's thumbnails are, beside the storage's.
PLAIN = "plain/{sha}.jpg"

Shape = tuple[int, int]


def hang(session: Session, shop: Shop, people: Sequence[Actor], count: int) -> None:
    """Have so many photos wait for each of the people, an order each.

    Everybody's are alike, so that two people's pages can be compared.
    """
    variants = _variants(session, shop)
    shapes = [_shape(path, _TAKEN) for path in _photographs()]
    for person in people:
        names = _names(person, count)
        pictures_of = [(sha, shapes[n % len(shapes)]) for n, sha in enumerate(names)]
        _order(session, shop, person, variants, pictures_of)


def keep_pictures(folder: Path, people: Sequence[Actor], count: int) -> None:
    """Put what the app makes of each photo where the storage looks for it.

    And the thumbnail once more as the plain page shows it: `st.image` would decode a WebP at every
    run and send a JPEG, so whoever writes that page has JPEGs ready.
    """
    with TemporaryDirectory() as scratch:
        made = [_copies(path, Path(scratch) / path.stem) for path in _photographs()]
        for person in people:
            for n, sha in enumerate(_names(person, count)):
                for name, content in made[n % len(made)].items():
                    _keep(folder / name.format(folder=sha[:2], sha=sha), content, sha)


def take_back(session: Session) -> None:
    """Have all photos wait again, as nobody had decided on them."""
    session.execute(
        update(Photo)
        .where(Photo.state != PhotoState.IN_REVIEW)
        .values(
            state=PhotoState.IN_REVIEW,
            version=Photo.version + 1,
            decision_id=None,
            filed_under_id=None,
        )
    )


def _names(person: Actor, count: int) -> Sequence[str]:
    return [hashlib.sha256(f"{person.username} {n}".encode()).hexdigest() for n in range(count)]


def _photographs() -> Sequence[Path]:
    """Half of the demo shop's: they are many enough to look like a day's work."""
    return list(photographs.originals().values())[::2]


def _shape(path: Path, longest: int) -> Shape:
    with Image.open(path) as opened:
        width, height = opened.size
    times = longest / max(width, height)
    return round(width * times), round(height * times)


def _copies(path: Path, scratch: Path) -> Mapping[str, bytes]:
    """By where they are kept."""
    scratch.mkdir()
    taken = scratch / "taken.jpg"
    with Image.open(path) as opened:
        opened.resize(_shape(path, _ENOUGH), Image.Resampling.BICUBIC).save(taken, quality=90)
    pictures.prepare(taken, scratch)
    with Image.open(scratch / f"{Size.GRID}.webp") as opened:
        opened.save(scratch / "plain.jpg", quality=80)
    return {
        **{
            f"{size}/{{folder}}/{{sha}}.webp": (scratch / f"{size}.webp").read_bytes()
            for size in Size
        },
        PLAIN: (scratch / "plain.jpg").read_bytes(),
    }


def _keep(file: Path, content: bytes, sha: str) -> None:
    """Past the storage, which would wait for the disk each time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # Of one's own: Streamlit names files by their bytes, and would have the browser load the same
    # ones once. Decoders stop where the picture ends.
    file.write_bytes(content + sha.encode())


def _variants(session: Session, shop: Shop) -> Sequence[int]:
    product = Product(
        shop_id=shop.id, shopify_id="1", title="Canvas", making=Making.PRINTED, bleed=0
    )
    session.add(product)
    session.flush()
    rows = [
        Variant(
            product_id=product.id,
            shopify_id=str(n),
            title=title,
            width=width,
            height=height,
            is_fixed=False,
            is_corrected=False,
        )
        for n, (title, width, height) in enumerate(_SIZES)
    ]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def _order(
    session: Session,
    shop: Shop,
    person: Actor,
    variants: Sequence[int],
    photos: Sequence[tuple[str, Shape]],
) -> None:
    numbers = range(len(photos))
    now = utc_now()
    orders = session.scalars(
        insert(Order).returning(Order.id, sort_by_parameter_order=True),
        [
            {
                "shop_id": shop.id,
                "shopify_id": f"{person.username}-{n}",
                "name": f"#{1001 + n}",
                "email": f"carl{n}@example.org",
                "customer_name": "Carl Client",
                "note": "A present, please hurry" if n % _NOTED == 0 else None,
                "placed_at": now - timedelta(minutes=2 * (len(photos) - n)),
                "updated_at": now,
                "assignee_id": person.id,
            }
            for n in numbers
        ],
    ).all()
    lines = session.scalars(
        insert(LineItem).returning(LineItem.id, sort_by_parameter_order=True),
        [
            {
                "order_id": order,
                "shopify_id": str(n),
                "position": 0,
                "title": "Canvas",
                "variant_title": _SIZES[n % len(_SIZES)][0],
                "quantity": 1 + n % 2,
                "variant_id": variants[n % len(variants)],
            }
            for n, order in enumerate(orders)
        ],
    ).all()
    ids = session.scalars(
        insert(Photo).returning(Photo.id, sort_by_parameter_order=True),
        [
            {
                "shop_id": shop.id,
                "order_id": orders[n],
                "line_item_id": lines[n],
                "source": "line:Photo",
                "ordinal": 0,
                "state": PhotoState.IN_REVIEW,
                "version": 2,
                "flag_rank": UNFLAGGED if n % _FLAGGED else 1,
                "waiting_since": now - timedelta(minutes=2 * (len(photos) - n)),
            }
            for n in numbers
        ],
    ).all()
    _upload(session, ids, photos)


def _upload(session: Session, ids: Sequence[int], photos: Sequence[tuple[str, Shape]]) -> None:
    uploads = session.scalars(
        insert(Upload).returning(Upload.id, sort_by_parameter_order=True),
        [
            {
                "photo_id": photo,
                "origin": Origin.ORDER,
                "sha256": sha,
                "size": 3_000_000,
                "format": "JPEG",
                "width": width,
                "height": height,
            }
            for photo, (sha, (width, height)) in zip(ids, photos, strict=True)
        ],
    ).all()
    session.execute(
        update(Photo)
        .values(upload_id=select(Upload.id).where(Upload.photo_id == Photo.id).scalar_subquery())
        .where(Photo.id.in_(ids))
    )
    session.execute(
        insert(UploadFinding),
        [
            {"upload_id": upload, "kind": Kind.SOFT, "level": Level.LOOK, "score": 0.6}
            for upload in uploads[::_FLAGGED]
        ],
    )
