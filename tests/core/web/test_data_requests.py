"""What is held of a customer, for the manager who answers them and for nobody else."""

import httpx
import pytest

from core import db
from core.models import DataRequest, utc_now
from tests.cast import Cast
from tests.serving import Served
from tests.sockets import signed_in


@pytest.fixture
def path(served: Served) -> str:
    """Of Carl's request."""
    with db.transaction() as session:
        cast = Cast(session)
        order = cast.order(email="carl@example.org").order
        request = DataRequest(shop_id=order.shop_id, shopify_id="9999", orders=[order.shopify_id])
        session.add(request)
        session.flush()
        return f"/desk/data-requests/{request.id}.json"


def get(served: Served, path: str, who: str | None) -> httpx.Response:
    cookies = {"loupe_staff": signed_in(who)} if who else {}
    with served.client(**cookies) as client:
        return client.get(path)


def test_a_manager_takes_the_file(served: Served, path: str) -> None:
    answer = get(served, path, "mia")

    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="data request 9999.json"'
    assert answer.headers["cache-control"] == "no-store"
    (order,) = answer.json()["orders"]
    assert order["email"] == "carl@example.org"
    assert order["photos"][0]["files"][0]["format"] == "JPEG"


@pytest.mark.parametrize(("who", "status"), [("ada", 403), (None, 401)])
def test_nobody_else_does(served: Served, path: str, who: str | None, status: int) -> None:
    answer = get(served, path, who)

    assert answer.status_code == status
    assert "carl" not in answer.text


def test_once_it_is_answered_there_is_no_file(served: Served, path: str) -> None:
    with db.transaction() as session:
        for request in session.query(DataRequest):
            request.answered_at = utc_now()

    assert get(served, path, "mia").status_code == 404
    assert get(served, "/desk/data-requests/0.json", "mia").status_code == 404
