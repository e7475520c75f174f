"""removals"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # On Procrastinate's table, and ours all the same: each removal of a picture asks whether
    # another one waits, of which each picture that comes in leaves one for an hour.
    op.execute(
        "CREATE INDEX ix_procrastinate_jobs_removals ON procrastinate_jobs ((args ->> 'sha256')) "
        "WHERE status = 'todo' AND task_name = 'remove_picture'"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP INDEX ix_procrastinate_jobs_removals")
