"""customers"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
NONE, EMPTY = sa.text("'{}'"), sa.text("'{}'::jsonb")
FALSE = sa.text("false")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, columns in _columns().items():
        for column, value in columns:
            column.server_default = None if value is None else sa.DefaultClause(value)
            op.add_column(table, column)
            if value is not None:
                op.alter_column(table, column.name, server_default=None)
    op.execute("UPDATE reasons SET manager_first = true WHERE code = 'inappropriate'")
    op.create_foreign_key(
        op.f("fk_orders_gentle_by_id"), "orders", "staff", ["gentle_by_id"], ["id"]
    )
    _create_sign_in()
    op.alter_column("messages", "order_id", nullable=True)
    op.create_foreign_key(
        op.f("fk_messages_sign_in_id"), "messages", "customer_sign_ins", ["sign_in_id"], ["id"]
    )
    op.create_index(
        "ix_messages_sign_in_id",
        "messages",
        ["sign_in_id"],
        postgresql_where="sign_in_id IS NOT NULL",
    )
    op.create_index(
        "ix_orders_mail_to",
        "orders",
        ["shop_id", sa.text("lower(mail_to)")],
        postgresql_where="mail_to IS NOT NULL",
    )
    op.create_table(
        "response_undos",
        sa.Column("response_id", sa.BigInteger(), nullable=False),
        sa.Column("undone_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name="fk_response_undos_response_id"
        ),
        sa.PrimaryKeyConstraint("response_id", name="pk_response_undos"),
    )
    op.create_table(
        "order_notes",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("request", sa.Uuid(), nullable=False),
        sa.Column("noted_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_order_notes_order_id"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_order_notes_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_order_notes"),
        sa.UniqueConstraint("order_id", "request", name="uq_order_notes_order_id_request"),
    )
    op.create_table(
        "shop_logos",
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=False),
        sa.Column("height", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_shop_logos_shop_id"),
        sa.PrimaryKeyConstraint("shop_id", name="pk_shop_logos"),
    )


def _columns() -> dict[str, list[tuple[sa.Column[object], sa.TextClause | None]]]:
    """Each with what the rows have that are there already; new ones get it from the application."""
    return {
        "shops": [
            (
                sa.Column("reminder_days", postgresql.ARRAY(sa.BigInteger()), nullable=False),
                sa.text("'{2,5}'"),
            ),
            (sa.Column("answer_days", sa.BigInteger(), nullable=False), sa.text("7")),
            (sa.Column("when_silent", sa.String(32), nullable=False), sa.text("'wait'")),
            (
                sa.Column("gentle_words", postgresql.ARRAY(sa.Text()), nullable=False),
                sa.text("'{memorial,in memory,in loving memory,rainbow bridge,sympathy,urn}'"),
            ),
            (sa.Column("accent_color", sa.Text()), None),
        ],
        "reasons": [
            (sa.Column("when_silent", sa.String(32)), None),
            (sa.Column("manager_first", sa.Boolean(), nullable=False), FALSE),
            (sa.Column("translations", postgresql.JSONB(), nullable=False), EMPTY),
        ],
        "orders": [
            (sa.Column("mail_to", sa.Text()), None),
            (sa.Column("is_gentle", sa.Boolean(), nullable=False), FALSE),
            (sa.Column("gentle_by_id", sa.BigInteger()), None),
            (sa.Column("more_time_at", TIME), None),
        ],
        "responses": [(sa.Column("was_due_at", TIME), None)],
        "messages": [
            (sa.Column("sign_in_id", sa.Uuid()), None),
            (sa.Column("language", sa.Text(), nullable=False), sa.text("'en'")),
            (sa.Column("announces_going_on", sa.Boolean(), nullable=False), FALSE),
            (sa.Column("reply", sa.Text()), None),
            (sa.Column("tries", sa.BigInteger(), nullable=False), sa.text("0")),
            (sa.Column("first_tried_at", TIME), None),
            (sa.Column("tried_at", TIME), None),
        ],
    }


def _create_sign_in() -> None:
    op.create_table(
        "customer_sign_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_customer_sign_ins_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_customer_sign_ins"),
    )
    op.create_index("ix_customer_sign_ins_created_at", "customer_sign_ins", ["created_at"])
    op.create_index("ix_customer_sign_ins_address", "customer_sign_ins", ["shop_id", "email"])
    op.create_index("ix_customer_sign_ins_browser_hash", "customer_sign_ins", ["browser_hash"])
    op.create_table(
        "customer_sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_customer_sessions_shop_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_customer_sessions"),
    )
    op.create_index("ix_customer_sessions_expires_at", "customer_sessions", ["expires_at"])


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # No order names them, as every message had to before.
    op.execute("DELETE FROM messages WHERE order_id IS NULL")
    op.drop_constraint(op.f("fk_messages_sign_in_id"), "messages", type_="foreignkey")
    op.alter_column("messages", "order_id", nullable=False)
    for table in (
        "shop_logos",
        "order_notes",
        "response_undos",
        "customer_sessions",
        "customer_sign_ins",
    ):
        op.drop_table(table)
    op.drop_constraint(op.f("fk_orders_gentle_by_id"), "orders", type_="foreignkey")
    for table, columns in _columns().items():
        for column, _ in reversed(columns):
            op.drop_column(table, column.name)
