"""What to tell a reviewer about a photo that somebody else has dealt with first."""

from core.models import PhotoState, WithdrawnBecause
from core.queries.verdicts import Standing
from core.ui import format

_STANDING = {
    PhotoState.APPROVED: "approved this",
    PhotoState.REJECTED: "rejected this",
    PhotoState.WITHDRAWN: "set this aside",
}


def who_was_first(standing: Standing) -> str:
    because = standing.withdrawn_because
    if because is WithdrawnBecause.ERASED:
        return "This photo is gone: its customer was forgotten."
    if because is WithdrawnBecause.DEMO:
        return "This photo is gone: it was the demo's."
    if because is not None and because is not WithdrawnBecause.SET_ASIDE:
        return "This photo is not needed any more: its order has changed."
    if standing.decided_at is None:
        return "This photo has changed meanwhile. Please look at it again."
    if standing.is_asked_again and standing.state is PhotoState.REJECTED:
        return "The customer has taken their answer back, and is asked again."
    did = _STANDING.get(standing.state, "decided on this")
    return f"{standing.reviewer or 'Somebody'} {did} {format.ago(standing.decided_at)}."
