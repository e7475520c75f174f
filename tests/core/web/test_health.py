"""What watches over us is told the truth."""

import httpx
from sqlalchemy import text
from starlette.requests import Request

from core import db
from core.web import health
from tests.serving import Served

REQUEST = Request({"type": "http"})


def test_ready_needs_a_database_with_our_tables(committed: None) -> None:
    assert health.ready(REQUEST).status_code == 200

    with db.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert health.ready(REQUEST).status_code == 503

    with db.transaction() as session:
        session.execute(text("DROP TABLE alembic_version"))
    assert health.ready(REQUEST).status_code == 503
    assert health.alive(REQUEST).status_code == 200


def test_health_says_nothing_about_us(served: Served) -> None:
    answer = httpx.get(f"{served.url}/readyz", headers={"Host": "anybody"}, trust_env=False)

    assert answer.text == "ready"
