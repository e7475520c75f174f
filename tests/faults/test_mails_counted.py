"""However often senders are killed and rejections taken back, a rejection is mailed once.

`make mails` makes more rounds than a test run has time for.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from core import db
from core.config import ROOT
from core.models import Message, MessageState, Reason
from core.services import messages, outbox, reversals
from tests.cast import Cast, CastOrder, seen
from tests.smtp import PostOffice
from tests.waiting import until

ROUNDS = int(os.environ.get("MAIL_ROUNDS", "40"))

#: Have a process send a message, and die after so many seconds; return when it is gone.
Send = Callable[[int, float], None]


@pytest.fixture
def send(committed: None, office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Iterator[Send]:
    monkeypatch.setenv("LOUPE_SMTP_PER_MINUTE", "1000000")
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.sender"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as forking:
        told, answers = forking.stdin, forking.stdout
        assert told is not None
        assert answers is not None

        def begin(message_id: int, dies_after: float) -> None:
            told.write(f"{message_id} {dies_after}\n")
            told.flush()
            process = int(answers.readline())
            until(lambda: not is_alive(process))

        yield begin


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def reject(cast: Cast) -> tuple[CastOrder, Message]:
    with db.transaction() as session:
        cast.session = session
        placed = cast.order()
        cast.reject(*placed.photos)
        messages.queue_issue_mail(session, placed.id)
        session.refresh(placed.photos[0])
        forget_jobs(session)
        (mail,) = session.scalars(select(Message).where(Message.order_id == placed.id))
        return placed, mail


def take_back(cast: Cast, placed: CastOrder) -> None:
    with db.transaction() as session:
        reversals.take_back(session, seen(*placed.photos), reviewer=cast.ada)


def recover() -> None:
    with db.transaction() as session:
        outbox.recover(session)
        forget_jobs(session)


def forget_jobs(session: Session) -> None:
    """The senders are called here, and by no worker."""
    session.execute(text("DELETE FROM procrastinate_jobs"))


def seconds_of_one(cast: Cast, send: Send) -> float:
    """How long a sender lives that nobody kills."""
    mails = [reject(cast)[1] for _ in range(3)]
    began = time.monotonic()
    for mail in mails:
        send(mail.id, 0)
    return (time.monotonic() - began) / len(mails)


def befall(
    cast: Cast,
    placed: CastOrder,
    mail: Message,
    send: Send,
    chance: random.Random,
    seconds: float,
) -> str:
    """Kill senders and take the rejection back by chance; return what was done first."""
    undone_at = chance.choice([None, None, None, 0, 1, 2])
    kills = chance.randint(0, 3)
    for number in range(kills):
        if number == undone_at:
            take_back(cast, placed)
        send(mail.id, 0.001 + chance.random() * seconds)
        recover()
    send(mail.id, 0)
    return "undone" if undone_at == 0 and kills else "sent"


def test_r4_of_many_kills_and_undos_a_rejection_is_mailed_once_or_it_is_told(
    send: Send, office: PostOffice
) -> None:
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    with db.transaction() as session:
        cast = Cast(session, is_demo=False)
        session.execute(update(Reason).values(shows_picture=False))  # none is kept here
    outcomes: Counter[tuple[str, MessageState, int]] = Counter()

    seconds = seconds_of_one(cast, send)

    rounds = [(mail, placed) for placed, mail in (reject(cast) for _ in range(ROUNDS))]
    began = [befall(cast, placed, mail, send, chance, seconds) for mail, placed in rounds]

    arrived = Counter(letter["Message-ID"] for letter in office.letters)
    with db.transaction() as session:
        for (mail, _), first in zip(rounds, began, strict=True):
            state = session.get_one(Message, mail.id).state
            outcomes[first, state, arrived[mail.header_id]] += 1
    sys.stdout.write(f"{ROUNDS} rejections, seed {seed}: {dict(outcomes)}\n")
    allowed = {
        ("sent", MessageState.SENT, 1),
        ("sent", MessageState.UNCERTAIN, 0),
        ("sent", MessageState.UNCERTAIN, 1),
        # It was killed before it was claimed, and then taken back.
        ("sent", MessageState.DROPPED, 0),
        ("undone", MessageState.DROPPED, 0),
    }
    assert set(outcomes) <= allowed, (seed, outcomes)
    assert arrived.total() == len(arrived)
