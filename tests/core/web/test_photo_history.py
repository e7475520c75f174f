"""The history of a photo, for staff and for nobody else."""

import pytest

from core import db
from core.services import links, staff
from tests.cast import Cast
from tests.serving import Served
from tests.sockets import signed_in


@pytest.fixture
def rejected(served: Served) -> tuple[int, dict[str, str]]:
    """A photo, and the cookie of its customer."""
    with db.transaction() as session:
        cast = Cast(session)
        order = cast.order(photos=2)
        cast.reject(order.photos[0], comment="By daylight, please")
        return order.photos[0].id, {f"loupe_order_{order.id}": links.order_token(order.order)}


def path(photo_id: int) -> str:
    return f"/desk/photos/{photo_id}/history"


@pytest.mark.parametrize("who", ["ada", "mia"])
def test_staff_read_what_a_photo_has_been_through(
    served: Served, rejected: tuple[int, dict[str, str]], who: str
) -> None:
    photo_id, _ = rejected
    with served.client(loupe_staff=signed_in(who)) as client:
        answer = client.get(path(photo_id))

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    assert found["rounds"][0]["verdicts"][0]["comment"] == "By daylight, please"
    assert [photo["state"] for photo in found["on_order"]] == ["rejected", "in_review"]


def test_s4_nobody_else_reads_it(served: Served, rejected: tuple[int, dict[str, str]]) -> None:
    photo_id, customer = rejected
    gone = signed_in("bob")
    with db.transaction() as session:
        staff.revoke(session, gone)
    strangers = {
        "nobody": {},
        "its customer": customer,
        "a made-up session": {"loupe_staff": "x" * 43},
        "one that was ended": {"loupe_staff": gone},
    }
    answers = {}
    for who, cookies in strangers.items():
        with served.client(**cookies) as client:
            answer = client.get(path(photo_id))
            answers[who] = (
                answer.status_code,
                list(answer.json()),
                answer.headers["cache-control"],
            )

    assert answers == dict.fromkeys(strangers, (401, ["error"], "no-store"))


@pytest.mark.parametrize("photo_id", [0, 10**15, 2**63, 10**40])
def test_there_is_none_of_a_photo_that_does_not_exist(served: Served, photo_id: int) -> None:
    with served.client(loupe_staff=signed_in("ada")) as client:
        assert client.get(path(photo_id)).status_code == 404


def test_s4_nothing_but_reading_is_possible(
    served: Served, rejected: tuple[int, dict[str, str]]
) -> None:
    with served.client(loupe_staff=signed_in("ada")) as client:
        ours = client.post(path(rejected[0])).status_code
        del client.headers["X-Loupe"]
        anothers = client.post(path(rejected[0])).status_code

    assert (ours, anothers) == (405, 403)
