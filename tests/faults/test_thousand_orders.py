"""R9, and R5 for what is read: a thousand orders on the worst of days end as on a good one."""

import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from core import db, queue
from core.demo import control
from core.demo.control import Action
from core.demo.customers import CUSTOMERS
from core.demo.faults import Faults
from core.demo.records import PHOTOS, Attribute, FulfillmentOrder, Line, gid, now
from core.demo.records import Order as ShopifyOrder
from core.models import (
    Hold,
    HoldState,
    LineItem,
    Order,
    Photo,
    PhotoState,
    Shop,
    Upload,
)
from core.services import decisions, subscriptions, sync
from core.services.decisions import PhotoVersion
from tests.databases import new_database
from tests.faults.conftest import JOBS, Workers, count
from tests.loop import Loop, ada, small_loop
from tests.serving import serve

ORDERS = 1000
FIRST = 1001
#: Every so many of them come with a picture; the others promise one.
PICTURES_EVERY = 25
BATCH = 100
WORKERS = 3
#: One less than a job may die with.
KILLS = 4
#: Jobs that are due; others come in an hour, and `Workers.until` itself has things recovered.
DUE = (
    f"{JOBS} AND task_name <> 'recover' "
    "AND NOT (attempts = 0 AND coalesce(scheduled_at > now(), false))"
)
#: Points a second, so that what Shopify throttles it does by the faults' chance.
RESTORE_RATE = 100_000
PATIENCE = 600  # seconds, of the whole


@dataclass(frozen=True)
class Act:
    """Something that the merchant, or another app, does to an order."""

    number: int
    action: Action
    wishes: dict[str, Any]


def order(number: int) -> ShopifyOrder:
    at = now() - timedelta(hours=2)
    customer = CUSTOMERS[number % len(CUSTOMERS)]
    placed = ShopifyOrder(
        number=number,
        created_at=at,
        # As Shopify says of what it shows for the first time; polls look no further back.
        updated_at=now(),
        customer=customer,
        email=customer.email,
        lines=[],
    )
    picture = Attribute(key="Photo", value=f"{PHOTOS}dandelions.jpg")
    promise = Attribute(key="Photo to expect", value="IMG_2231.HEIC")
    sku, asked = ("MAG", picture) if number % PICTURES_EVERY == 0 else ("MUG", promise)
    for each in [asked, promise][: 1 + number % 2]:
        placed.lines.append(
            Line(id=placed.take_id(), sku=sku if each is asked else "KEY", attributes=[each])
        )
    placed.fulfillment_orders.append(
        FulfillmentOrder(
            id=placed.take_id(), updated_at=now(), line_ids=[line.id for line in placed.lines]
        )
    )
    return placed


def acts(chance: random.Random) -> list[Act]:
    """Each on an order of its own, but what belongs together; the same for the same seed."""
    numbers = list(range(FIRST, FIRST + ORDERS))
    chance.shuffle(numbers)
    two_lines = iter([number for number in numbers if number % 2])
    pictures = iter([number for number in numbers if number % PICTURES_EVERY == 0])
    one_line = iter([each for each in numbers if each % 2 == 0 and each % PICTURES_EVERY])
    chosen: list[list[Act]] = []
    for action in ("cancel", "ship", "move", "hold", "delete", "refund"):
        chosen += [[Act(next(one_line), action, {})] for _ in range(12)]
    chosen += [[Act(next(pictures), "replace_photo", {"photo": "owl.jpg"})] for _ in range(8)]
    for _ in range(12):
        chosen.append([Act(next(two_lines), "remove_line", {"line": 1})])
        chosen.append([Act(next(two_lines), "change_quantity", {"line": 0, "quantity": 3})])
        chosen.append([Act(next(two_lines), "add_line", {"sku": "GIFT"})])
        number = next(two_lines)
        back = Act(number, "restore_line", {"line": 0})
        chosen.append([Act(number, "remove_line", {"line": 0}), back])
    chance.shuffle(chosen)
    return [act for together in chosen for act in together]


@contextmanager
def new_shop(server: str, template: str, folder: Path) -> Iterator[Loop]:
    name = f"loupe_{folder.name}_{os.getpid()}"
    with new_database(server, name, template), small_loop(folder, []) as loop:
        yield loop


def go_through(loop: Loop, workers: Workers, *, kills: int) -> dict[str, Any]:
    """Have a thousand orders placed and changed while they are taken over; return how all ends."""
    chance = random.Random(9)
    moments = {chance.randrange(ORDERS // BATCH) for _ in range(kills)}
    waiting = acts(random.Random(5))
    start(loop, workers)
    with db.transaction() as session:
        subscriptions.request_check(session, shop_id())
    for number, begin in enumerate(range(FIRST, FIRST + ORDERS, BATCH)):
        loop.shop.save(order(each) for each in range(begin, begin + BATCH))
        read(loop)
        if number in moments:
            time.sleep(chance.uniform(0, 2))  # the very moment is what is left to chance
            workers.kill()
            start(loop, workers)
        placed = [act for act in waiting if act.number < begin + BATCH]
        for act in placed[: 2 * len(waiting) * BATCH // ORDERS]:
            waiting.remove(act)
            do(loop, act)
    for act in waiting:
        do(loop, act)
    settle(loop, workers)
    approve_all()
    settle(loop, workers)
    workers.stop()
    return {"here": ours(), "there": there(loop)}


def start(loop: Loop, workers: Workers) -> None:
    for _ in range(WORKERS):
        workers.start(loop.address)


def shop_id() -> int:
    with db.transaction() as session:
        return session.scalars(select(Shop.id)).one()


def read(loop: Loop) -> None:
    loop.sync()


def do(loop: Loop, act: Act) -> None:
    keys = loop.shop.credentials
    control.act(loop.address, keys.control_token, f"#{act.number}", act.action, **act.wishes)


def settle(loop: Loop, workers: Workers) -> None:
    """What a minute, an hour and a night do by themselves, until there is nothing left to do."""
    for chore in ("minute", "hour", "night", "minute"):
        workers.until(is_all_done, seconds=PATIENCE)
        with db.transaction() as session:
            match chore:
                case "minute":
                    sync.start(session, shop_id())
                case "hour":
                    queue.defer(session, "look_after_orders", timestamp=0)
                    queue.defer(session, "look_after_webhooks", timestamp=0)
                case "night":
                    sync.start_refresh(session, shop_id())
    workers.until(is_all_done, seconds=PATIENCE)


def is_all_done() -> bool:
    with db.transaction() as session:
        # How far the bulk operation is would be looked at in a while.
        queue.hasten_all(session, "import_orders")
    return not count(DUE)


def approve_all() -> None:
    with db.transaction() as session:
        rows = session.execute(
            select(Photo.id, Photo.version)
            .where(Photo.state == PhotoState.IN_REVIEW)
            .order_by(Photo.id)
        )
        seen = [PhotoVersion(*row) for row in rows]
        decisions.approve(session, seen, reviewer=ada(), batch=uuid4())


def ours() -> dict[str, Sequence[tuple[object, ...]]]:
    """Photos and what became of their orders, of all orders that Shopify still has."""
    with db.transaction() as session:
        rows = session.execute(
            select(
                Order.name,
                Order.cancelled_at.is_not(None),
                Order.is_fulfilled,
                Order.released_at.is_not(None),
                Order.refusal,
                Order.told_state,
                LineItem.position,
                LineItem.quantity,
                Photo.source,
                Photo.state,
                Photo.withdrawn_because,
                Photo.check_code,
                Upload.sha256,
            )
            .join(LineItem, LineItem.order_id == Order.id)
            .outerjoin(Photo, Photo.line_item_id == LineItem.id)
            .outerjoin(Upload, Upload.id == Photo.upload_id)
            .where(Order.deleted_at.is_(None))
            .order_by(Order.name, LineItem.position, Photo.source, Photo.ordinal)
        ).all()
    found: dict[str, list[tuple[object, ...]]] = {}
    for name, *rest in rows:
        found.setdefault(name, []).append(tuple(rest))
    return dict(found)


def there(loop: Loop) -> dict[str, object]:
    """What the shop shows of each order: its marks, and who holds what ships it."""
    return {
        each.name: (
            each.tags,
            # An order that was over before it was marked has none, another an empty one: which of
            # the two came first is chance.
            [mark for field in each.metafields if (mark := json.loads(field.value))["state"]],
            Counter(
                (fo.status, len(fo.line_ids), *(hold.handle for hold in fo.holds))
                for fo in each.fulfillment_orders
            ),
        )
        for each in loop.shop.orders.values()
    }


def held_here() -> set[str]:
    with db.transaction() as session:
        placed = select(Hold.shopify_id).where(Hold.state == HoldState.PLACED)
        return set(session.scalars(placed))


def held_there(loop: Loop) -> set[str]:
    return {
        gid("FulfillmentHold", hold.id)
        for each in loop.shop.orders.values()
        for fulfillment_order in each.fulfillment_orders
        for hold in fulfillment_order.holds
        if hold.by_app
    }


def doubled() -> int:
    """Deliveries that came twice are there once; photos are, whoever finds them."""
    with db.transaction() as session:
        many = text("SELECT count(*) - count(DISTINCT (line_item_id, source)) FROM photos")
        return int(session.scalars(many).one())


def test_r9_a_thousand_orders_end_on_the_worst_of_days_as_on_a_good_one(
    server: str,
    template: str,
    workers: Workers,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with new_shop(server, template, tmp_path / "good_day") as loop:
        control.set_faults(loop.address, {"restore_rate": RESTORE_RATE})
        expected = go_through(loop, workers, kills=0)
        assert len(expected["here"]) > ORDERS * 0.9

    with (
        new_shop(server, template, tmp_path / "bad_day") as loop,
        serve(tmp_path) as web,
    ):
        # Where the workers have the shop's webhooks sent.
        monkeypatch.setenv("LOUPE_PORT", str(web.port))
        worst = Faults.mixed(9, most=0.05).model_dump(mode="json") | {"restore_rate": RESTORE_RATE}
        control.set_faults(loop.address, worst)
        found = go_through(loop, workers, kills=KILLS)
        assert count("webhook_deliveries") > ORDERS / 2
        assert not count("webhook_deliveries WHERE processed_at IS NULL")
        assert held_here() == held_there(loop)
        assert doubled() == 0

    assert found["here"] == expected["here"]
    assert found["there"] == expected["there"]
