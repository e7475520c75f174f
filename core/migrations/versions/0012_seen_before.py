"""seen before"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("orders", sa.Column("content_hash", sa.LargeBinary(), nullable=True))
    op.create_index(
        "ix_photos_waiting",
        "photos",
        ["assignee_id"],
        postgresql_where=sa.text("state IN ('fetching', 'to_check', 'in_review')"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_photos_waiting", "photos")
    op.drop_column("orders", "content_hash")
