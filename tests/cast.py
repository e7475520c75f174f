"""People, orders and photos for tests: Ada and Bob review, Mia manages, Carl is a customer."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.findings.print_sizes import LengthUnit
from core.integrations.intake import StoredPicture
from core.models import (
    LineItem,
    Order,
    Origin,
    Photo,
    PhotoState,
    Reason,
    Role,
    Shop,
    ShopMode,
    Staff,
    Upload,
    utc_now,
)
from core.sealing import seal
from core.services import decisions, reasons
from core.services.actors import Actor, Guest
from core.services.decisions import Outcome, PhotoVersion

_numbers = count(1001)

#: A file as it comes in, that nobody has measured.
PICTURE = StoredPicture(
    sha256="ab" * 32,
    size=1000,
    format="JPEG",
    width=4000,
    height=3000,
    is_animated=False,
    measures=None,
    file_name="rex.jpg",
)


@dataclass
class Cast:
    """A live shop with its team, in one session."""

    session: Session
    undo_seconds: int = 0
    is_demo: bool = True
    shop: Shop = field(init=False)
    ada: Actor = field(init=False)
    bob: Actor = field(init=False)
    mia: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.shop = Shop(
            domain=f"shop-{next(_numbers)}.myshopify.com",
            name="Paw Prints",
            email="hello@paw-prints.example",
            is_demo=self.is_demo,
            mode=ShopMode.LIVE,
            live_from=utc_now() - timedelta(days=90),
            undo_seconds=self.undo_seconds,
            length_unit=LengthUnit.CM,
            client_id="id",
            client_secret=seal("secret"),
        )
        self.session.add(self.shop)
        self.session.flush()
        reasons.begin(self.session, self.shop.id)
        self.ada = self._hire("ada", "Ada Adler", Role.PROCESSOR)
        self.bob = self._hire("bob", "Bob Berg", Role.PROCESSOR)
        self.mia = self._hire("mia", "Mia Manz", Role.MANAGER)

    def _hire(self, username: str, name: str, role: Role) -> Actor:
        person = self.session.scalars(
            select(Staff).where(Staff.username == username)
        ).one_or_none() or Staff(username=username, name=name, role=role, password_hash="")
        self.session.add(person)
        self.session.flush()
        return Actor(person.id, username, name, role)

    def order(self, *, photos: int = 1, email: str | None = "carl@example.org") -> "CastOrder":
        number = next(_numbers)
        order = Order(
            shop_id=self.shop.id,
            shopify_id=f"gid://shopify/Order/{number}",
            name=f"#{number}",
            email=email,
            customer_name="Carl Client",
            placed_at=utc_now() - timedelta(hours=5),
            updated_at=utc_now(),
            assignee_id=self.ada.id,
        )
        self.session.add(order)
        self.session.flush()
        line = LineItem(
            order_id=order.id,
            shopify_id=f"gid://shopify/LineItem/{number}",
            position=0,
            title="Canvas",
            variant_title="30 x 40 cm",
            quantity=1,
        )
        self.session.add(line)
        self.session.flush()
        return CastOrder(self, order, line, [self.photo(order, line, n) for n in range(photos)])

    def photo(self, order: Order, line: LineItem, ordinal: int) -> Photo:
        photo = Photo(
            shop_id=self.shop.id,
            order_id=order.id,
            line_item_id=line.id,
            source="line:Photo",
            ordinal=ordinal,
            url="https://cdn.shopify.com/photo.jpg",
            state=PhotoState.IN_REVIEW,
            version=2,
            waiting_since=order.placed_at,
        )
        self.session.add(photo)
        self.session.flush()
        photo.upload_id = self.upload(photo, Origin.ORDER).id
        self.session.flush()
        return photo

    def upload(self, photo: Photo, origin: Origin) -> Upload:
        upload = Upload(
            photo_id=photo.id,
            origin=origin,
            sha256=hashlib.sha256(uuid4().bytes).hexdigest(),
            size=1000,
            format="JPEG",
            width=3000,
            height=2000,
        )
        self.session.add(upload)
        self.session.flush()
        return upload

    def reason(self, code: str) -> int:
        return self.session.scalars(
            select(Reason.id).where(Reason.shop_id == self.shop.id, Reason.code == code)
        ).one()

    def approve(self, *photos: Photo, by: Actor | None = None) -> Outcome:
        return decisions.approve(
            self.session, seen(*photos), reviewer=by or self.ada, batch=uuid4()
        )

    def reject(
        self, *photos: Photo, reasons: tuple[str, ...] = ("blurry",), comment: str = ""
    ) -> Outcome:
        return decisions.reject(
            self.session,
            seen(*photos),
            reasons=[self.reason(code) for code in reasons],
            comment=comment,
            reviewer=self.ada,
            batch=uuid4(),
        )

    def jobs(self, task: str) -> list[dict[str, Any]]:
        """The arguments of the jobs of a task, in the order they were deferred in."""
        rows = self.session.execute(
            text("SELECT args FROM procrastinate_jobs WHERE task_name = :task ORDER BY id"),
            {"task": task},
        )
        return [row.args for row in rows]


@dataclass
class CastOrder:
    cast: Cast
    order: Order
    line: LineItem
    photos: list[Photo]

    @property
    def id(self) -> int:
        return self.order.id

    @property
    def shop_id(self) -> int:
        return self.order.shop_id

    @property
    def carl(self) -> Guest:
        return Guest(self.order.id, address="192.0.2.1", browser="Phone")


def seen(*photos: Photo) -> list[PhotoVersion]:
    return [PhotoVersion(photo.id, photo.version) for photo in photos]
