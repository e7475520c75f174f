"""How often somebody may try, counted in Postgres for all processes together."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Float, cast, delete, extract, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.models import ThrottleBucket

#: By then every bucket is full again, as a new one is.
_FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries at once, and one more each time `refill` has passed."""

    tries: int
    refill: timedelta


#: One person who mistypes; ends by itself within a minute.
SIGN_IN_FROM_ADDRESS = Limit(5, timedelta(minutes=1))
#: Many addresses guessing one person's password, without locking that person out soon.
SIGN_IN_FROM_ANYWHERE = Limit(100, timedelta(seconds=30))


def may_sign_in(session: Session, username: str, address: str) -> bool:
    """Count an attempt. The caller commits, whatever else happens."""
    return take(session, f"sign-in:{username}:{address}", SIGN_IN_FROM_ADDRESS) and take(
        session, f"sign-in:{username}", SIGN_IN_FROM_ANYWHERE
    )


def signed_in(session: Session, username: str, address: str) -> None:
    """Forget the failures that came before a success."""
    name = _named(f"sign-in:{username}:{address}")
    session.execute(delete(ThrottleBucket).where(ThrottleBucket.name == name))
    session.execute(
        delete(ThrottleBucket).where(ThrottleBucket.updated_at < func.now() - _FORGOTTEN_AFTER)
    )


def take(session: Session, bucket: str, limit: Limit) -> bool:
    """Take a token, in one statement: of two callers at once one gets the last."""
    now = func.clock_timestamp()
    seconds = cast(extract("epoch", now - ThrottleBucket.updated_at), Float)
    refilled = func.least(
        limit.tries, ThrottleBucket.tokens + seconds / limit.refill.total_seconds()
    )
    taken = session.scalar(
        insert(ThrottleBucket)
        .values(name=_named(bucket), tokens=limit.tries - 1, updated_at=now)
        .on_conflict_do_update(
            index_elements=[ThrottleBucket.name],
            set_={"tokens": refilled - 1, "updated_at": now},
            where=refilled >= 1,
        )
        .returning(ThrottleBucket.name)
    )
    return taken is not None


def _named(bucket: str) -> str:
    # What was typed as a name may hold anything, even a password.
    return hashlib.sha256(bucket.encode()).hexdigest()
