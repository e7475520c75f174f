"""queue reads"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: The queue by the oldest order, everybody's and one person's.
OLDEST = {
    "ix_photos_review_oldest": (["ordered_at"], "state = 'in_review'"),
    "ix_photos_assigned_oldest": (
        ["assignee_id", "ordered_at"],
        "state = 'in_review' AND left_at IS NULL",
    ),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _index_oldest(["waiting_since", "id"])
    op.create_index("ix_findings_kind", "findings", ["kind"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_findings_kind", "findings")
    _index_oldest(["id"])


def _index_oldest(then: list[str]) -> None:
    for name, (columns, condition) in OLDEST.items():
        op.drop_index(name, "photos")
        op.create_index(name, "photos", [*columns, *then], postgresql_where=sa.text(condition))
