"""notes"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "photo_notes",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("photo_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("request", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_photo_notes_photo_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_photo_notes_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo_notes")),
        sa.UniqueConstraint("photo_id", "request", name=op.f("uq_photo_notes_photo_id_request")),
    )
    op.add_column("photos", sa.Column("left_note_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_photos_left_note_id"), "photos", "photo_notes", ["left_note_id"], ["id"]
    )
    op.create_index(op.f("ix_photos_left_note_id"), "photos", ["left_note_id"])
    op.execute(
        """
        WITH noted AS (
            INSERT INTO photo_notes (photo_id, staff_id, text, request, noted_at)
            SELECT id, left_by_id, coalesce(left_note, ''), gen_random_uuid(), left_at
            FROM photos WHERE left_at IS NOT NULL AND left_by_id IS NOT NULL
            RETURNING id, photo_id
        )
        UPDATE photos SET left_note_id = noted.id FROM noted WHERE noted.photo_id = photos.id
        """
    )
    op.drop_constraint(op.f("fk_photos_left_by_id"), "photos", type_="foreignkey")
    op.drop_column("photos", "left_by_id")
    op.drop_column("photos", "left_note")
    op.create_unique_constraint(
        op.f("uq_decisions_batch_photo_id"), "decisions", ["batch", "photo_id"]
    )
    op.drop_index(op.f("ix_decisions_batch"), "decisions")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_index(op.f("ix_decisions_batch"), "decisions", ["batch"])
    op.drop_constraint(op.f("uq_decisions_batch_photo_id"), "decisions", type_="unique")
    op.add_column("photos", sa.Column("left_note", sa.Text(), nullable=True))
    op.add_column("photos", sa.Column("left_by_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_photos_left_by_id"), "photos", "staff", ["left_by_id"], ["id"])
    op.execute(
        "UPDATE photos SET left_note = text, left_by_id = staff_id FROM photo_notes "
        "WHERE photo_notes.id = left_note_id"
    )
    op.drop_index(op.f("ix_photos_left_note_id"), "photos")
    op.drop_constraint(op.f("fk_photos_left_note_id"), "photos", type_="foreignkey")
    op.drop_column("photos", "left_note_id")
    op.drop_table("photo_notes")
