"""The loop without a browser: a small demo shop over HTTP, and a worker in this process."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session, aliased

from core import db, jobs, queue
from core.clients import Clients
from core.demo import photographs
from core.demo.customers import CUSTOMERS
from core.demo.records import PHOTOS, Attribute, FulfillmentOrder, Line, Order, now
from core.demo.shop import DemoShop, credentials
from core.models import Hold, Message, Photo, Shop, Staff, SyncRun, Upload, utc_now
from core.models import Order as OurOrder
from core.services import demo, sync
from core.services.actors import Actor
from tests.core.demo.serving import serving

#: A line each, with what stands in its property; "" for none.
GOOD = ("MAG", "dandelions.jpg")
ORDERS: Sequence[Sequence[tuple[str, str]]] = (
    [GOOD],
    [("PRT-10", "honey-bee.jpg, citrus-slices.jpg")],
    [("MUG", "parrot.jpg"), ("MAG", "owl.jpg")],
    [("PRT-10", "deleted.jpg")],
    [("PRT-10", "not_a_photo.jpg")],
    [("PRT-10", "cut.jpg")],
    [("MUG", "")],
    [("KEY", "tabby-cat.jpg")],
)


def photos(folder: Path) -> dict[str, Path]:
    """The photographs that need no work, and two that are none."""
    found = {f"{name}.jpg": path for name, path in photographs.originals().items()}
    whole = found["honey-bee.jpg"].read_bytes()
    for name, content in (("cut", whole[: len(whole) // 2]), ("not_a_photo", b"Sorry.\n")):
        found[f"{name}.jpg"] = folder / f"{name}.jpg"
        found[f"{name}.jpg"].write_bytes(content)
    return found


def order(number: int, lines: Sequence[tuple[str, str]]) -> Order:
    at = now() - timedelta(hours=2) + timedelta(minutes=number - 1000)
    placed = Order(
        number=number,
        created_at=at,
        updated_at=at,
        customer=CUSTOMERS[number % len(CUSTOMERS)],
        email=CUSTOMERS[number % len(CUSTOMERS)].email,
        lines=[],
    )
    for sku, names in lines:
        value = ", ".join(f"{PHOTOS}{name}" for name in names.split(", ") if name)
        attributes = [Attribute(key="Photo", value=value)] if value else []
        placed.lines.append(Line(id=placed.take_id(), sku=sku, attributes=attributes))
    placed.fulfillment_orders.append(
        FulfillmentOrder(
            id=placed.take_id(), updated_at=at, line_ids=[line.id for line in placed.lines]
        )
    )
    return placed


@dataclass(frozen=True)
class Loop:
    """A demo shop, connected to the database in use."""

    shop: DemoShop
    address: str

    def go_wrong(self, **faults: object) -> None:
        httpx.post(f"{self.address}/demo/faults", json=faults, trust_env=False).raise_for_status()

    def sync(self) -> int:
        with db.transaction() as session:
            return sync.start(session, session.scalars(select(Shop.id)).one())

    def work(self) -> None:
        work(Clients(demo_shop=self.address))


@contextmanager
def small_loop(
    folder: Path, orders: Sequence[Sequence[tuple[str, str]]] = ORDERS
) -> Iterator[Loop]:
    folder.mkdir(exist_ok=True)
    keys = credentials(folder)
    with closing(DemoShop(folder, photos(folder))) as shop:
        shop.save(order(number, lines) for number, lines in enumerate(orders, start=1001))
        with db.transaction() as session:
            demo.ensure(
                session,
                client_id=keys.client_id,
                client_secret=keys.client_secret,
                password="a good password",
            )
            session.execute(update(Shop).values(undo_seconds=0))
        with serving(shop) as address:
            yield Loop(shop, address)


def work(
    clients: Clients,
    *,
    hasten: bool = True,
    stalled_seconds: float = jobs.STALLED_SECONDS,
    concurrency: int = 2,
) -> None:
    """Do all jobs that are due and, unless told not to, those that wait for another try."""
    deadline = time.monotonic() + 60
    while _is_any_due(hasten):
        assert time.monotonic() < deadline, "jobs are due that no worker takes"
        # It ends when it finds nothing to do, though what it does may still bring more.
        asyncio.run(_work(clients, stalled_seconds, concurrency))


def hasten_retries() -> None:
    """What waits for another try need not wait for the test."""
    with db.transaction() as session:
        session.execute(
            text(
                "UPDATE procrastinate_jobs SET scheduled_at = now() "
                "WHERE status = 'todo' AND attempts > 0 AND scheduled_at > now()"
            )
        )


def _is_any_due(hasten: bool) -> bool:
    if hasten:
        hasten_retries()
    due = "status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
    with db.transaction() as session:
        return bool(
            session.scalar(text(f"SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE {due})"))  # noqa: S608
        )


async def _work(clients: Clients, stalled_seconds: float, concurrency: int) -> None:
    app, context = jobs.app(clients, stalled_seconds=stalled_seconds)
    # What each minute brings by itself is for the tests to say: one may turn while they run.
    app.periodic_registry.periodic_tasks.clear()
    async with app.open_async():
        await app.run_worker_async(
            wait=False,
            concurrency=concurrency,
            additional_context=context,
            install_signal_handlers=False,
            listen_notify=False,
        )


def leave_unread(session: Session, shop: Shop) -> None:
    """Keep the minute's sync from asking a shop that is not there: one is under way for ever."""
    run = SyncRun(shop_id=shop.id)
    session.add(run)
    session.flush()
    queue.defer(session, "sync_orders", at=utc_now() + timedelta(days=1), run_id=run.id)


def ada() -> Actor:
    with db.transaction() as session:
        person = session.scalars(select(Staff).where(Staff.username == "ada")).one()
        return Actor(person.id, person.username, person.name, person.role)


def snapshot(loop: Loop) -> dict[str, list[tuple[object, ...]]]:
    """All that must be the same however the work went; here, and in the shop."""
    every = aliased(Upload)
    received = select(func.count(every.id)).where(every.photo_id == Photo.id).scalar_subquery()
    with db.transaction() as session:
        found = session.execute(
            select(
                OurOrder.name,
                Photo.source,
                Photo.ordinal,
                Photo.state,
                Photo.version,
                Photo.check_code,
                func.coalesce(Upload.sha256, ""),
                received,
            )
            .join(OurOrder, OurOrder.id == Photo.order_id)
            .outerjoin(Upload, Upload.id == Photo.upload_id)
            .order_by(OurOrder.name, Photo.source, Photo.ordinal, Photo.line_item_id)
        ).all()
        held = session.execute(
            select(OurOrder.name, Hold.state)
            .join(OurOrder, OurOrder.id == Hold.order_id)
            .order_by(OurOrder.name, Hold.id)
        ).all()
        mails = session.execute(
            select(OurOrder.name, Message.kind, Message.state)
            .join(OurOrder, OurOrder.id == Message.order_id)
            .order_by(OurOrder.name, Message.kind)
        ).all()
    there = [
        (each.name, each.tags, [hold.handle for fo in each.fulfillment_orders for hold in fo.holds])
        for each in loop.shop.orders.values()
    ]
    return {
        "photos": [tuple(row) for row in found],
        "holds": [tuple(row) for row in held],
        "mails": [tuple(row) for row in mails],
        "shop": list(there),
    }
