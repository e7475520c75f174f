"""answers due"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

#: The rejection that an issue comes from. Not the column itself: Postgres may walk its index, past
#: all that was ever decided.
REJECTION = sa.text("(decision_id + 0)")
#: When an answer is due; what is due at no known time comes last.
DUE = sa.text("coalesce(answer_due_at, '9999-12-31 00:00:00+00'::timestamptz)")

#: Of the photos that wait for their customers.
INDEXES: dict[str, list[str | sa.TextClause]] = {
    "ix_photos_issues": [REJECTION, "id"],
    "ix_photos_issues_due": [DUE, "id"],
    "ix_photos_folder": ["filed_under_id", REJECTION, "id"],
    "ix_photos_folder_due": ["filed_under_id", DUE, "id"],
}
REJECTED = sa.text("state = 'rejected'")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("responses", sa.Column("staff_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_responses_staff_id"), "responses", "staff", ["staff_id"], ["id"])
    op.add_column("photos", sa.Column("answer_due_at", sa.DateTime(timezone=True), nullable=True))
    _start_clocks()
    _stop_clocks_by_themselves()
    op.drop_index("ix_photos_issues", "photos")
    for name, columns in INDEXES.items():
        op.create_index(name, "photos", columns, postgresql_where=REJECTED)
    op.create_index("ix_decisions_undoable", "decisions", ["reviewer_id", "undo_until"])
    op.drop_index("ix_decisions_reviewer_id", "decisions")


def _start_clocks() -> None:
    """For the issues that a mail has told of: seven days later at ten in the shop's time zone."""
    op.execute(
        """
        UPDATE photos SET answer_due_at = (
            date_trunc('day', told.at AT TIME ZONE shops.time_zone) + interval '7 days 10 hours'
        ) AT TIME ZONE shops.time_zone
        FROM shops, (
            SELECT decision_id, min(sent_at) AS at
            FROM message_decisions JOIN messages ON messages.id = message_id
            WHERE messages.state = 'sent' GROUP BY decision_id
        ) AS told
        WHERE shops.id = photos.shop_id
            AND told.decision_id = photos.decision_id AND photos.state = 'rejected'
        """
    )


def _stop_clocks_by_themselves() -> None:
    """Nothing is due any more for a photo that leaves its customer, by whatever way it does."""
    op.execute(
        """
        CREATE FUNCTION stop_clock() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.answer_due_at := NULL;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER stop_clock BEFORE UPDATE OF state ON photos FOR EACH ROW "
        "WHEN (OLD.state = 'rejected' AND NEW.state <> 'rejected') EXECUTE FUNCTION stop_clock()"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index("ix_decisions_reviewer_id", "decisions", ["reviewer_id"])
    op.drop_index("ix_decisions_undoable", "decisions")
    for name in INDEXES:
        op.drop_index(name, "photos")
    op.create_index(
        "ix_photos_issues", "photos", ["filed_under_id", "decision_id"], postgresql_where=REJECTED
    )
    op.execute("DROP TRIGGER stop_clock ON photos")
    op.execute("DROP FUNCTION stop_clock()")
    op.drop_column("photos", "answer_due_at")
    op.drop_constraint(op.f("fk_responses_staff_id"), "responses", type_="foreignkey")
    op.drop_column("responses", "staff_id")
