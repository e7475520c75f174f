"""Who acts: resolved from a cookie at that moment, and handed to every command."""

from dataclasses import dataclass
from typing import Self

from core.errors import NotAllowed
from core.models import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in member of staff."""

    id: int
    username: str
    name: str
    role: Role

    def require(self, role: Role) -> Self:
        """Raise `NotAllowed` unless this person has the role; a manager has both."""
        if self.role not in (role, Role.MANAGER):
            raise NotAllowed
        return self


@dataclass(frozen=True, slots=True)
class Guest:
    """A customer before one order of theirs: by the link to it, or signed in by e-mail."""

    order_id: int
    address: str = ""
    browser: str = ""
