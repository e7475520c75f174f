"""Ids in addresses, which anybody may write as they like."""

import pytest

from tests.serving import Served
from tests.sockets import signed_in

UNKNOWN = 10**15
ROUTES = (
    ("GET", "/desk/photos/{}/history"),
    ("POST", "/desk/photos/{}/edits"),
    ("PUT", "/desk/photos/{}/picture?version=1"),
    ("PUT", "/uploads/{}"),
)


@pytest.mark.parametrize("is_signed_in", [False, True])
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_an_id_of_any_length_is_answered_as_one_that_nothing_has(
    served: Served, method: str, path: str, is_signed_in: bool
) -> None:
    # Python reads no number of more than 4,300 digits, and the database none of more than 19.
    ids = (UNKNOWN, 2**63 - 1, 2**63, 10**19, "9" * 4301, "0" * 4301 + "1")
    cookies = {"loupe_staff": signed_in("ada")} if is_signed_in else {}
    with served.client(**cookies) as client:
        answers = [
            client.request(method, path.format(id_), json={"version": 1, "revert": True})
            for id_ in ids
        ]

    statuses = {answer.status_code for answer in answers}
    assert len(statuses) == 1
    assert 400 <= statuses.pop() < 500
