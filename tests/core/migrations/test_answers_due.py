"""What the migration finds out about issues that were mailed before it."""

from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import update

from core import db, schema
from core.config import ROOT
from core.models import Message, Photo
from core.services import deadlines, messages, outbox
from tests.cast import Cast

SENT_AT = datetime(2026, 3, 24, 23, 30, tzinfo=UTC)  # the clocks go forward within the week


@pytest.mark.usefixtures("committed")
def test_answers_are_due_where_a_mail_was_sent_and_the_way_back_is_open() -> None:
    with db.transaction() as session:
        cast = Cast(session)
        cast.shop.time_zone = "Europe/Berlin"
        told, untold, reviewed = cast.order(), cast.order(), cast.order()
        cast.reject(*told.photos, *untold.photos)
        for placed in (told, untold):
            messages.queue_issue_mail(session, placed.id)
        sent, _ = cast.jobs("send_message")
        outbox.claim(session, sent["message_id"])
        outbox.sent(session, sent["message_id"])
        session.execute(
            update(Message).where(Message.id == sent["message_id"]).values(sent_at=SENT_AT)
        )
    ids = [placed.photos[0].id for placed in (told, untold, reviewed)]

    command.downgrade(Config(toml_file=ROOT / "pyproject.toml"), "0009")
    schema.upgrade()

    with db.transaction() as session:
        due = [session.get_one(Photo, id_).answer_due_at for id_ in ids]
    assert due == [deadlines.answer_due(SENT_AT, cast.shop), None, None]
    assert schema.differences() is None
