"""measured pictures"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KINDS = (
    *("resolution", "shape", "soft", "moved", "dark", "washed_out", "backlit", "compressed"),
    *("enlarged", "screenshot", "screen_photo", "border", "overlay", "monochrome", "filter"),
    *("duplicate", "rejected_before"),
)


def _text_enum(*members: str, name: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, length=32)


def upgrade() -> None:
    # Give up rather than queue every reader behind a lock we cannot get.
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("shop_id", sa.BigInteger(), nullable=False),
        sa.Column("shopify_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("making", _text_enum("printed", "drawn", name="making"), nullable=False),
        sa.Column("bleed", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shops.id"], name=op.f("fk_products_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("shop_id", "shopify_id", name=op.f("uq_products_shop_id_shopify_id")),
    )
    op.create_table(
        "variants",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("shopify_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("width", sa.Float(), nullable=True),
        sa.Column("height", sa.Float(), nullable=True),
        sa.Column("is_fixed", sa.Boolean(), nullable=False),
        sa.Column("is_corrected", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_variants_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variants")),
        sa.UniqueConstraint(
            "product_id", "shopify_id", name=op.f("uq_variants_product_id_shopify_id")
        ),
    )
    op.create_table(
        "findings",
        sa.Column("upload_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", _text_enum(*KINDS, name="kind"), nullable=False),
        sa.Column("level", _text_enum("fine", "look", "poor", name="level"), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("measured", sa.Float(), nullable=True),
        sa.Column("needed", sa.Float(), nullable=True),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_findings_upload_id")),
        sa.PrimaryKeyConstraint("upload_id", "kind", name=op.f("pk_findings")),
    )
    op.alter_column("line_items", "product_id", new_column_name="shopify_product_id")
    op.execute("ALTER INDEX ix_line_items_product_id RENAME TO ix_line_items_shopify_product_id")
    op.add_column("line_items", sa.Column("variant_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_line_items_variant_id"), "line_items", ["variant_id"])
    op.create_foreign_key(
        op.f("fk_line_items_variant_id"), "line_items", "variants", ["variant_id"], ["id"]
    )
    op.add_column("orders", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_orders_customer", "orders", ["shop_id", sa.text("lower(email)")])
    for table in ("uploads", "drafts"):
        op.add_column(table, sa.Column("measures", postgresql.JSONB(), nullable=True))
        _add_filled(table, "is_animated", sa.Boolean(), False)
    _add_filled("shops", "length_unit", _text_enum("cm", "inch", "mm", name="lengthunit"), "cm")
    _add_filled("shops", "hard_minimum_dpi", sa.BigInteger(), 100)
    _add_filled("shops", "drawn_pixels", sa.BigInteger(), 800)
    op.add_column("shops", sa.Column("retention_days", sa.BigInteger(), nullable=True))


def _add_filled(table: str, name: str, kind: Any, value: object) -> None:
    """Add a column that may not be empty; rows that are there already get the value."""
    filled = sa.Column(name, kind, nullable=False, server_default=sa.literal(value, kind))
    op.add_column(table, filled)
    op.alter_column(table, name, server_default=None)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for column in ("retention_days", "drawn_pixels", "hard_minimum_dpi", "length_unit"):
        op.drop_column("shops", column)
    for table in ("uploads", "drafts"):
        op.drop_column(table, "is_animated")
        op.drop_column(table, "measures")
    op.drop_index("ix_orders_customer", "orders")
    op.drop_column("orders", "erased_at")
    op.drop_column("line_items", "variant_id")
    op.execute("ALTER INDEX ix_line_items_shopify_product_id RENAME TO ix_line_items_product_id")
    op.alter_column("line_items", "shopify_product_id", new_column_name="product_id")
    for table in ("findings", "variants", "products"):
        op.drop_table(table)
