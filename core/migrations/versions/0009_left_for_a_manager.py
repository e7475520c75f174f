"""left for a manager"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

#: One person's queue, which shows nothing that was left.
ASSIGNED = {
    "ix_photos_assigned_queue": ("assignee_id", "queue_rank", "waiting_since", "id"),
    "ix_photos_assigned_oldest": ("assignee_id", "ordered_at", "id"),
    "ix_photos_assigned_flagged": ("assignee_id", "flag_rank", "waiting_since", "id"),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("photos", sa.Column("left_note", sa.Text(), nullable=True))
    op.add_column("photos", sa.Column("left_by_id", sa.BigInteger(), nullable=True))
    op.add_column("photos", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_photos_left_by_id"), "photos", "staff", ["left_by_id"], ["id"])
    _index_assigned("state = 'in_review' AND left_at IS NULL")
    op.create_index(
        "ix_photos_left_queue",
        "photos",
        ["queue_rank", "waiting_since", "id"],
        postgresql_where=sa.text("state = 'in_review' AND left_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_photos_left_queue", "photos")
    _index_assigned("state = 'in_review'")
    op.drop_constraint(op.f("fk_photos_left_by_id"), "photos", type_="foreignkey")
    for column in ("left_at", "left_by_id", "left_note"):
        op.drop_column("photos", column)


def _index_assigned(condition: str) -> None:
    for name, columns in ASSIGNED.items():
        op.drop_index(name, "photos")
        op.create_index(name, "photos", columns, postgresql_where=sa.text(condition))
