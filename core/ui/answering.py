"""Take a customer's answer to the service it is for."""

from collections.abc import Mapping

from core import db
from core.errors import AppError, NoIssue
from core.models import ResponseKind
from core.services import follow_ups, response_undos, responses
from core.ui import auth
from core.ui.photo_upload import Answer, Refusal, SecondThought


def give(answer: Answer, *, order_id: int, consents: Mapping[int, str]) -> Refusal | None:
    """Record the answer, or say why it does not count.

    `consents` are the words that stood beside each photo. Toasts would be too far from the
    thumb that has just pressed: what went wrong is shown on the photo's card.
    """
    try:
        with db.transaction() as session:
            guest = auth.guest(order_id)
            if guest is None:
                raise NoIssue
            match answer.kind:
                case ResponseKind.REPLACED:
                    responses.replace(session, guest, answer.seen, draft_id=answer.draft or 0)
                case ResponseKind.KEPT:
                    words = consents.get(answer.photo, "")
                    responses.keep(session, guest, answer.seen, words_shown=words)
                case ResponseKind.ASKED:
                    responses.ask(session, guest, answer.seen, message=answer.message)
                case SecondThought.UNDO:
                    response_undos.undo(session, guest, answer.seen)
                case SecondThought.MORE_TIME:
                    follow_ups.give_more_time(session, guest)
    except AppError as error:
        return Refusal(answer.request, str(error))
    return None
