"""suggested reasons"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: What findings suggest and shops did not have until now: code, label, words for the customer.
SUGGESTED = (
    (
        "bright",
        "Overexposed / washed out",
        "Bright areas have lost their detail. Please send one out of direct sun or flash.",
    ),
    (
        "shadow",
        "Shadow / backlight on face",
        "Part of the face is in shadow, which would show in the portrait.",
    ),
    (
        "filter",
        "Filter, sticker, black-and-white",
        "A filter changes the true colours. Please send the unfiltered photo.",
    ),
    (
        "aspect",
        "Does not fit the product's shape",
        "In the format you chose, a part of the picture would be cut away.",
    ),
    (
        "grainy",
        "Noise / heavy compression",
        "The picture is very grainy when enlarged.",
    ),
    (
        "duplicate",
        "Same photo for two items",
        "Both products have the same photo — is that intended?",
    ),
    (
        "text_overlay",
        "Date stamp, text, border",
        "Writing or a frame would be printed too.",
    ),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "reasons", sa.Column("is_offered", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.alter_column("reasons", "is_offered", server_default=None)
    insert = sa.text(
        "INSERT INTO reasons (shop_id, code, label, customer_text, may_keep, comment_required, "
        "shows_picture, is_offered, position) "
        "SELECT id, :code, :label, :words, true, false, true, false, "
        "(SELECT coalesce(max(position) + 1, 0) FROM reasons WHERE shop_id = shops.id) "
        "FROM shops ON CONFLICT DO NOTHING"
    )
    for code, label, words in SUGGESTED:
        op.execute(insert.bindparams(code=code, label=label, words=words))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # Retired, not deleted: decisions may name them.
    op.execute("UPDATE reasons SET retired_at = now() WHERE NOT is_offered")
    op.drop_column("reasons", "is_offered")
