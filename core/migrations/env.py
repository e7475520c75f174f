"""Run the migrations, always online, against the database the app itself uses."""

from alembic import context

from core import db
from core.models import Base

with db.engine().connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        # Procrastinate's tables live here too, and are not ours to drop.
        include_name=lambda name, kind, _: kind != "table" or name in Base.metadata.tables,
    )
    with context.begin_transaction():
        context.run_migrations()
