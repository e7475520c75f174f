"""Thousands of photos that wait, and how many rows are read to find a few of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.cast import Cast

PHOTOS = 6000

#: Each on an order of its own; the newest order's photo comes first. All are soft.
_SEED = """
    INSERT INTO orders (shop_id, shopify_id, name, email, tags, placed_at, updated_at,
        is_fulfilled, is_gentle, assignee_id, link_epoch, created_at)
    SELECT :shop, 'crowd ' || n, '#c' || n, 'crowd' || n || '@example.org', '{}',
        now() - n * interval '1 s', now(), false, false, :ada, 0, now()
    FROM generate_series(1, :photos) AS n;
    INSERT INTO line_items (order_id, shopify_id, position, title, quantity, is_fulfilled,
        variant_id)
    SELECT id, 'crowd', 0, 'Canvas', 1, false, :variant FROM orders WHERE shopify_id LIKE 'crowd %';
    INSERT INTO photos (shop_id, order_id, line_item_id, source, ordinal, state, version,
        queue_rank, flag_rank, waiting_since, created_at)
    SELECT :shop, orders.id, line_items.id, 'line:Photo', 0, 'in_review', 2, 1, 1, placed_at, now()
    FROM orders JOIN line_items ON line_items.order_id = orders.id AND
        line_items.shopify_id = 'crowd';
    INSERT INTO uploads (photo_id, origin, sha256, size, format, width, height, is_animated,
        received_at)
    SELECT id, 'order', md5(CAST(id AS text)), 1000, 'JPEG', 3000, 2000, false, now()
    FROM photos WHERE upload_id IS NULL;
    UPDATE photos SET upload_id = uploads.id FROM uploads
    WHERE uploads.photo_id = photos.id AND photos.upload_id IS NULL;
    INSERT INTO findings (upload_id, kind, level, score, details)
    SELECT uploads.id, 'soft', 'look', 0.6, '{}' FROM uploads
    JOIN photos ON photos.upload_id = uploads.id
    WHERE NOT EXISTS (SELECT FROM findings WHERE upload_id = uploads.id)
"""
_READ = """
    SELECT coalesce(sum(seq_tup_read + idx_tup_fetch), 0) FROM pg_stat_xact_user_tables
    WHERE relname IN ('photos', 'orders', 'line_items', 'findings')
"""


@dataclass
class Reading:
    rows: int = 0


def gather(cast: Cast, variant_id: int) -> None:
    """Have `PHOTOS` more wait for Ada, and the database know what its tables are like."""
    ids = {"shop": cast.shop.id, "ada": cast.ada.id, "variant": variant_id, "photos": PHOTOS}
    for statement in _SEED.split(";"):
        used = {name: value for name, value in ids.items() if f":{name}" in statement}
        cast.session.execute(text(statement), used)
    cast.session.execute(text("ANALYZE photos, orders, findings, products"))


@contextmanager
def count_rows(session: Session) -> Iterator[Reading]:
    """Of photos, orders, lines and findings; with plans for any value, as those that are kept."""
    session.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
    before = session.scalars(text(_READ)).one()
    reading = Reading()
    yield reading
    reading.rows = session.scalars(text(_READ)).one() - before
