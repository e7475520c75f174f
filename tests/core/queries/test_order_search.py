"""A shop's orders are not read through for the one that is searched for."""

import pytest
from sqlalchemy import text

from core import db
from core.queries import orders
from tests.cast import Cast
from tests.core.queries import crowd
from tests.core.services.test_products import sold, variant_of

#: Rows; some are read to plan.
FEW = crowd.PHOTOS // 20


@pytest.fixture(scope="module")
def wanted(own_database: None) -> str:
    """The number of one order among thousands."""
    with db.transaction() as session:
        cast = Cast(session)
        placed = cast.order(email="jorg@dora.example")
        placed.order.customer_name, placed.line.title = "Jörg Müller", "Täglicher Kalender"
        canvas = variant_of(session, cast, sold(None, title="Canvas", id_="canvas"))
        crowd.gather(cast, canvas.id)
        session.execute(text("UPDATE orders SET customer_name = name WHERE customer_name IS NULL"))
        session.execute(text("ANALYZE orders, line_items"))
        return placed.order.name


@pytest.mark.parametrize("search", ["muller", "taglich", "jorg@", "{name}"])
def test_few_rows_are_read_for_the_one(wanted: str, search: str) -> None:
    with db.transaction() as session, crowd.count_rows(session) as reading:
        found = orders.page(session, search=search.format(name=wanted))

    assert [row.name for row in found] == [wanted]
    assert reading.rows < FEW


def test_what_is_on_thousands_of_orders_is_found_on_the_newest(wanted: str) -> None:
    with db.transaction() as session:
        found = orders.page(session, search="canv", limit=2)

    assert [row.name for row in found] == ["#c1", "#c2"]
