"""The loop without a browser: real jobs, a real demo shop over HTTP, real pictures."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text, update

from core import db, jobs
from core.clients import Clients
from core.demo.server import open_shop
from core.demo.shop import DemoShop, credentials
from core.models import (
    Hold,
    HoldState,
    Message,
    MessageKind,
    MessageState,
    Order,
    Photo,
    PhotoState,
    Reason,
    Shop,
    Staff,
    Upload,
)
from core.queries import counts
from core.services import decisions, demo, responses, sync
from core.services.actors import Actor, Guest
from core.services.decisions import PhotoVersion
from tests.core.demo.serving import serving

Work = Callable[[], None]


@pytest.fixture
def demo_shop(tmp_path: Path) -> Iterator[DemoShop]:
    with closing(open_shop(tmp_path / "demo-shop")) as shop:
        yield shop


@pytest.fixture
def work(committed: None, demo_shop: DemoShop, tmp_path: Path) -> Iterator[Work]:
    """Do all jobs that are due."""
    keys = credentials(tmp_path / "demo-shop")
    with db.transaction() as session:
        demo.ensure(
            session,
            client_id=keys.client_id,
            client_secret=keys.client_secret,
            password="a good password",
        )
        session.execute(update(Shop).values(undo_seconds=0))
    with serving(demo_shop) as address:

        def work() -> None:
            while True:
                asyncio.run(_work(Clients(demo_shop=address)))
                # What waits for another try, or for a window to end, need not wait for the test.
                with db.transaction() as session:
                    hastened = session.execute(
                        text(
                            "UPDATE procrastinate_jobs SET scheduled_at = now() "
                            "WHERE status = 'todo' RETURNING id"
                        )
                    ).all()
                if not hastened:
                    return

        yield work


async def _work(clients: Clients) -> None:
    app, context = jobs.app(clients)
    async with app.open_async():
        await app.run_worker_async(
            wait=False,
            concurrency=2,
            additional_context=context,
            install_signal_handlers=False,
            listen_notify=False,
        )


def start_sync() -> None:
    with db.transaction() as session:
        sync.start(session, session.scalars(select(Shop.id)).one())


def ada() -> Actor:
    with db.transaction() as session:
        person = session.scalars(select(Staff).where(Staff.username == "ada")).one()
        return Actor(person.id, person.username, person.name, person.role)


def test_the_loop_from_a_demo_order_to_the_released_hold(work: Work, demo_shop: DemoShop) -> None:
    start_sync()
    work()

    # Everything came in once, and what could not be opened waits for a person.
    with db.transaction() as session:
        states = counts.photos_by_state(session)
        assert states[PhotoState.FETCHING] == 0
        assert states[PhotoState.IN_REVIEW] >= 70
        checks = set(
            session.scalars(select(Photo.check_code).where(Photo.state == PhotoState.TO_CHECK))
        )
        assert {"not_found", "not_a_picture", "damaged", "missing"} <= checks
        held = session.scalar(select(func.count()).select_from(Hold))
        assert held and held > 50
        # An order with one photo, for a customer who can be written to.
        alone = select(Photo.order_id).group_by(Photo.order_id).having(func.count() == 1).subquery()
        photo = session.scalars(
            select(Photo)
            .join(Order)
            .where(
                Photo.state == PhotoState.IN_REVIEW,
                Photo.order_id.in_(select(alone.c.order_id)),
                Order.email.is_not(None),
            )
            .order_by(Photo.id)
            .limit(1)
        ).one()
        first_upload = photo.upload_id
        dark = session.scalars(select(Reason.id).where(Reason.code == "dark")).one()

    with db.transaction() as session:
        decisions.reject(
            session,
            [PhotoVersion(photo.id, photo.version)],
            reasons=[dark],
            comment="By daylight, perhaps?",
            reviewer=ada(),
            batch=uuid4(),
        )
    work()

    with db.transaction() as session:
        message = session.scalars(select(Message).where(Message.order_id == photo.order_id)).one()
        assert (message.kind, message.state) == (MessageKind.PHOTO_ISSUE, MessageState.SENT)
        assert message.is_captured
        assert "By daylight, perhaps?" in message.text

    # The customer sends another one: here, the bytes of another order's photo.
    with db.transaction() as session:
        seen = session.get_one(Photo, photo.id)
        responses.keep(
            session,
            Guest(photo.order_id),
            PhotoVersion(photo.id, seen.version),
            words_shown="Print it as it is.",
        )
    with db.transaction() as session:
        seen = session.get_one(Photo, photo.id)
        assert (seen.state, seen.queue_rank) == (PhotoState.IN_REVIEW, 0)
        assert session.get_one(Order, photo.order_id).assignee_id == ada().id
        decisions.approve(
            session, [PhotoVersion(photo.id, seen.version)], reviewer=ada(), batch=uuid4()
        )
    work()

    with db.transaction() as session:
        order = session.get_one(Order, photo.order_id)
        assert order.released_at is not None
        holds = session.scalars(select(Hold.state).where(Hold.order_id == order.id)).all()
        assert set(holds) == {HoldState.RELEASED}
        kinds = session.scalars(
            select(Message.kind).where(Message.order_id == order.id).order_by(Message.id)
        ).all()
        assert kinds == [MessageKind.PHOTO_ISSUE, MessageKind.ALL_APPROVED]
        assert first_upload == session.get_one(Photo, photo.id).upload_id
    there = next(each for each in demo_shop.orders.values() if each.name == order.name)
    assert "photos approved" in there.tags


def test_every_job_run_twice_changes_nothing(work: Work) -> None:
    start_sync()
    work()
    with db.transaction() as session:
        before = counts.status(session)
        uploads = session.scalar(select(func.count()).select_from(Upload))
    with db.transaction() as session:
        session.execute(
            text(
                "UPDATE procrastinate_jobs SET status = 'todo', attempts = 0 "
                "WHERE status = 'succeeded' AND task_name <> 'sync_orders'"
            )
        )
    start_sync()
    work()

    with db.transaction() as session:
        after = counts.status(session)
        assert (after.photos, after.orders, after.messages) == (
            before.photos,
            before.orders,
            before.messages,
        )
        assert session.scalar(select(func.count()).select_from(Upload)) == uploads
