from sqlalchemy.orm import Session

from core.findings.judgement import SUGGESTS
from core.queries import reasons
from tests.cast import Cast


def test_every_reason_that_a_finding_suggests_can_be_chosen(cast: Cast, session: Session) -> None:
    assert set(SUGGESTS.values()) <= {reason.code for reason in reasons.active(session)}


def test_what_is_only_suggested_stands_behind_what_is_always_offered(
    cast: Cast, session: Session
) -> None:
    offered = [reason.is_offered for reason in reasons.active(session)]

    assert offered == sorted(offered, reverse=True)
    assert (offered[0], offered[-1]) == (True, False)
