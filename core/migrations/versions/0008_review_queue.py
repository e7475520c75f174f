"""review queue"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

#: Those of the queue as everybody sees it, and as one person does.
INDEXES = {
    "ix_photos_review_oldest": ("ordered_at", "id"),
    "ix_photos_review_flagged": ("flag_rank", "waiting_since", "id"),
    "ix_photos_product_queue": ("product_id", "queue_rank", "waiting_since", "id"),
    "ix_photos_assigned_queue": ("assignee_id", "queue_rank", "waiting_since", "id"),
    "ix_photos_assigned_oldest": ("assignee_id", "ordered_at", "id"),
    "ix_photos_assigned_flagged": ("assignee_id", "flag_rank", "waiting_since", "id"),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("shops", sa.Column("review_hours", sa.BigInteger(), server_default="24"))
    for column in ("assignee_id", "product_id"):
        op.add_column("photos", sa.Column(column, sa.BigInteger(), nullable=True))
    op.add_column("photos", sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("photos", sa.Column("flag_rank", sa.BigInteger(), server_default="2"))
    op.execute(
        """
        UPDATE photos SET assignee_id = orders.assignee_id, ordered_at = orders.placed_at,
            product_id = variants.product_id,
            flag_rank = (
                SELECT coalesce(min(CASE level WHEN 'poor' THEN 0 WHEN 'look' THEN 1 END), 2)
                FROM findings WHERE findings.upload_id = photos.upload_id
            )
        FROM orders
        JOIN line_items ON line_items.order_id = orders.id
        LEFT JOIN variants ON variants.id = line_items.variant_id
        WHERE line_items.id = photos.line_item_id
        """
    )
    for table, column in (
        ("shops", "review_hours"),
        ("photos", "ordered_at"),
        ("photos", "flag_rank"),
    ):
        op.alter_column(table, column, nullable=False, server_default=None)
    for name, columns in INDEXES.items():
        op.create_index(name, "photos", columns, postgresql_where=sa.text("state = 'in_review'"))
    op.create_index("ix_orders_name", "orders", ["name"])
    op.create_index("ix_orders_email", "orders", [sa.text("lower(email) text_pattern_ops")])
    _keep_in_step()


def _keep_in_step() -> None:
    """A photo's copies of what its order and its line say: the queue's indexes cannot join."""
    op.execute(
        """
        CREATE FUNCTION copy_from_order() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- Locked: whoever changes the order meanwhile waits, and then finds this photo.
            SELECT assignee_id, placed_at INTO NEW.assignee_id, NEW.ordered_at
            FROM orders WHERE id = NEW.order_id FOR SHARE;
            NEW.product_id := (
                SELECT variants.product_id FROM line_items
                JOIN variants ON variants.id = line_items.variant_id
                WHERE line_items.id = NEW.line_item_id
            );
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION copy_product_to_photos() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE photos
            SET product_id = (SELECT product_id FROM variants WHERE id = NEW.variant_id)
            WHERE id IN (
                SELECT id FROM photos WHERE line_item_id = NEW.id ORDER BY id FOR NO KEY UPDATE
            );
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION copy_to_photos() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE photos SET assignee_id = NEW.assignee_id, ordered_at = NEW.placed_at
            -- Locked in the order of the ids, as a batch of decisions does.
            WHERE id IN (
                SELECT id FROM photos WHERE order_id = NEW.id ORDER BY id FOR NO KEY UPDATE
            );
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER copy_from_order BEFORE INSERT OR UPDATE OF line_item_id ON photos "
        "FOR EACH ROW EXECUTE FUNCTION copy_from_order()"
    )
    op.execute(
        "CREATE TRIGGER copy_to_photos AFTER UPDATE OF assignee_id, placed_at ON orders "
        "FOR EACH ROW WHEN ((OLD.assignee_id, OLD.placed_at) "
        "IS DISTINCT FROM (NEW.assignee_id, NEW.placed_at)) EXECUTE FUNCTION copy_to_photos()"
    )
    op.execute(
        "CREATE TRIGGER copy_to_photos AFTER UPDATE OF variant_id ON line_items "
        "FOR EACH ROW WHEN (OLD.variant_id IS DISTINCT FROM NEW.variant_id) "
        "EXECUTE FUNCTION copy_product_to_photos()"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP TRIGGER copy_to_photos ON line_items")
    op.execute("DROP TRIGGER copy_to_photos ON orders")
    op.execute("DROP TRIGGER copy_from_order ON photos")
    op.execute("DROP FUNCTION copy_to_photos()")
    op.execute("DROP FUNCTION copy_product_to_photos()")
    op.execute("DROP FUNCTION copy_from_order()")
    for name in ("ix_orders_email", "ix_orders_name"):
        op.drop_index(name, "orders")
    for name in INDEXES:
        op.drop_index(name, "photos")
    for column in ("flag_rank", "ordered_at", "product_id", "assignee_id"):
        op.drop_column("photos", column)
    op.drop_column("shops", "review_hours")
