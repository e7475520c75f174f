"""search and shipping"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

#: Without Postgres' `unaccent`, which a managed database may lack. It calls nothing of ours, so
#: that an index is made anew whatever the search path. No word is longer than a lexeme may be.
WORDS = r"""
CREATE FUNCTION words(said text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    said := regexp_replace(normalize(said, NFKD), '[\u0300-\u036f]', '', 'g');
    said := replace(replace(replace(lower(said), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe');
    said := left(translate(said, 'øØłŁđĐı', 'oollddi'), 500);
    RETURN array_to_tsvector(
        array_remove(regexp_split_to_array(said, '[[:space:][:punct:]]+'), '')
    );
END
$$
"""
BEGINNINGS = """
CREATE FUNCTION beginnings(said text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT CAST(string_agg(quote_literal(word) || ':*', ' & ') AS tsquery)
    FROM unnest(tsvector_to_array(words(said))) AS word
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("orders", sa.Column("fulfilled_at", sa.DateTime(timezone=True)))
    op.execute(WORDS)
    op.execute(BEGINNINGS)
    for name, table, column in (
        ("ix_orders_customer_words", "orders", "customer_name"),
        ("ix_line_items_words", "line_items", "title"),
    ):
        op.create_index(name, table, [sa.text(f"words({column})")], postgresql_using="gin")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_line_items_words", "line_items")
    op.drop_index("ix_orders_customer_words", "orders")
    op.execute("DROP FUNCTION beginnings")
    op.execute("DROP FUNCTION words")
    op.drop_column("orders", "fulfilled_at")
