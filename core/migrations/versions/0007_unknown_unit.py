"""unknown unit"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # A new shop's unit is not known until somebody says it.
    op.alter_column("shops", "length_unit", nullable=True)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("UPDATE shops SET length_unit = 'cm' WHERE length_unit IS NULL")
    op.alter_column("shops", "length_unit", nullable=False)
