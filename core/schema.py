"""The database's tables, brought to this version by Alembic."""

from alembic import command
from alembic.config import Config

from core.config import ROOT


def upgrade() -> None:
    command.upgrade(Config(toml_file=ROOT / "pyproject.toml"), "head")
