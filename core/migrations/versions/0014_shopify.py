"""shopify"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
NAMES = postgresql.ARRAY(sa.Text())
NONE = sa.text("'{}'")
TRUE, FALSE = sa.text("true"), sa.text("false")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, columns in _columns().items():
        for column, value in columns:
            column.server_default = None if value is None else sa.DefaultClause(value)
            op.add_column(table, column)
            if value is not None:
                op.alter_column(table, column.name, server_default=None)
    op.create_foreign_key(
        op.f("fk_orders_handed_over_by_id"), "orders", "staff", ["handed_over_by_id"], ["id"]
    )
    op.execute("UPDATE orders SET told_state = 'photos approved' WHERE released_at IS NOT NULL")
    op.create_index("ix_orders_placed", "orders", ["placed_at", "id"])
    op.create_index("ix_line_items_product", "line_items", ["shopify_product_id", "id"])
    op.drop_index("ix_line_items_shopify_product_id", "line_items")
    # On Procrastinate's table: each webhook asks whether its order waits to be read already.
    op.execute(
        "CREATE INDEX ix_procrastinate_jobs_orders ON procrastinate_jobs ((args ->> 'order')) "
        "WHERE status = 'todo' AND task_name = 'sync_order'"
    )
    op.create_index(
        "ix_orders_refused", "orders", ["id"], postgresql_where=sa.text("refusal IS NOT NULL")
    )
    op.create_index(
        "ix_orders_ready",
        "orders",
        ["released_at", "id"],
        postgresql_where=sa.text("released_at IS NOT NULL AND handed_over_at IS NULL"),
    )
    op.create_index(
        "ix_orders_handed_over",
        "orders",
        ["handed_over_at", "id"],
        postgresql_where=sa.text("handed_over_at IS NOT NULL"),
    )
    op.create_index(
        "ix_photos_shop_queue",
        "photos",
        ["shop_id", "queue_rank", "waiting_since", "id"],
        postgresql_where=sa.text("state = 'in_review'"),
    )
    _create_fulfillment_orders()
    _create_webhooks()


def _columns() -> dict[str, list[tuple[sa.Column[object], sa.TextClause | None]]]:
    """Each with what the rows have that are there already; new ones get it from the application."""
    return {
        "shops": [
            (sa.Column("went_live_at", TIME), None),
            (sa.Column("old_client_secret", sa.LargeBinary()), None),
            (sa.Column("old_secret_until", TIME), None),
            (sa.Column("connected_at", TIME), None),
            (sa.Column("disconnected_at", TIME), None),
            (sa.Column("granted_scopes", NAMES, nullable=False), NONE),
            (sa.Column("served_version", sa.Text()), None),
            (sa.Column("checked_at", TIME), None),
            (sa.Column("connection_error", sa.Text()), None),
            (sa.Column("webhook_topics", NAMES, nullable=False), NONE),
            (sa.Column("webhooks_checked_at", TIME), None),
            (sa.Column("fulfillments_cursor", TIME), None),
            (sa.Column("refreshed_at", TIME), None),
            (sa.Column("places_holds", sa.Boolean(), nullable=False), TRUE),
            (sa.Column("sets_tags", sa.Boolean(), nullable=False), TRUE),
            (sa.Column("sets_metafield", sa.Boolean(), nullable=False), TRUE),
            (sa.Column("taken_properties", NAMES, nullable=False), NONE),
            (sa.Column("ignored_properties", NAMES, nullable=False), NONE),
            (
                sa.Column("file_name_pattern", sa.Text(), nullable=False),
                sa.text("'{order}-{product}-{variant}-{quantity}x-{number}'"),
            ),
        ],
        "sync_runs": [
            (sa.Column("kind", sa.String(32), nullable=False), sa.text("'poll'")),
            (sa.Column("bulk_operation_id", sa.Text()), None),
            (sa.Column("expected", sa.BigInteger()), None),
        ],
        "products": [(sa.Column("photos_needed", sa.BigInteger()), None)],
        "orders": [
            (sa.Column("financial_status", sa.Text()), None),
            (sa.Column("fulfillment_status", sa.Text()), None),
            (sa.Column("deleted_at", TIME), None),
            (sa.Column("told_state", sa.Text()), None),
            (sa.Column("refusal", sa.Text()), None),
            (sa.Column("refused_at", TIME), None),
            (sa.Column("handed_over_at", TIME), None),
            (sa.Column("handed_over_by_id", sa.BigInteger()), None),
        ],
        "photos": [(sa.Column("changed_url", sa.Text()), None)],
        "line_items": [(sa.Column("is_fulfilled", sa.Boolean(), nullable=False), FALSE)],
        "holds": [(sa.Column("line_ids", NAMES, nullable=False), NONE)],
    }


def _create_fulfillment_orders() -> None:
    op.create_table(
        "fulfillment_orders",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("shopify_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("line_ids", NAMES, nullable=False),
        sa.Column("is_held_by_others", sa.Boolean(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_fulfillment_orders_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_fulfillment_orders"),
        sa.UniqueConstraint(
            "order_id", "shopify_id", name="uq_fulfillment_orders_order_id_shopify_id"
        ),
    )
    op.create_index("ix_fulfillment_orders_shopify_id", "fulfillment_orders", ["shopify_id"])


def _create_webhooks() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("triggered_at", TIME),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("processed_at", TIME),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_webhook_deliveries_shop_id"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_deliveries"),
        sa.UniqueConstraint(
            "shop_id", "topic", "webhook_id", name="uq_webhook_deliveries_shop_id_topic_webhook_id"
        ),
    )
    op.create_index(
        "ix_webhook_deliveries_open",
        "webhook_deliveries",
        ["id"],
        postgresql_where=sa.text("processed_at IS NULL"),
    )
    op.create_index("ix_webhook_deliveries_received_at", "webhook_deliveries", ["received_at"])
    op.create_table(
        "data_requests",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("shopify_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text()),
        sa.Column("orders", NAMES, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("answered_at", TIME),
        sa.Column("answered_by_id", sa.BigInteger()),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name="fk_data_requests_shop_id"),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["staff.id"], name="fk_data_requests_answered_by_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_data_requests"),
        sa.UniqueConstraint("shop_id", "shopify_id", name="uq_data_requests_shop_id_shopify_id"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in ("data_requests", "webhook_deliveries", "fulfillment_orders"):
        op.drop_table(table)
    op.drop_index("ix_orders_handed_over", "orders")
    op.drop_index("ix_photos_shop_queue", "photos")
    op.execute("DROP INDEX ix_procrastinate_jobs_orders")
    op.create_index("ix_line_items_shopify_product_id", "line_items", ["shopify_product_id"])
    op.drop_index("ix_line_items_product", "line_items")
    op.drop_index("ix_orders_ready", "orders")
    op.drop_index("ix_orders_refused", "orders")
    op.drop_index("ix_orders_placed", "orders")
    op.drop_constraint(op.f("fk_orders_handed_over_by_id"), "orders", type_="foreignkey")
    for table, columns in _columns().items():
        for column, _ in reversed(columns):
            op.drop_column(table, column.name)
