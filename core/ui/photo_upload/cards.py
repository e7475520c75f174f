"""What the browser is given to draw: plain values, as JSON can hold them."""

from collections.abc import Mapping
from typing import Any

from core.models import ResponseKind, utc_now
from core.queries.customer_photos import CustomerOrder, CustomerPhoto, Standing
from core.services.responses import MESSAGE_LENGTH
from core.ui.customer_texts import CustomerTexts

Row = Mapping[str, Any]


def page_row(order: CustomerOrder, texts: CustomerTexts) -> Row:
    questions = [photo for photo in order.photos if photo.standing is Standing.NEEDS_ANSWER]
    return {
        "shop": order.shop,
        "order": texts.order.format(order=order.name),
        "greeting": texts.greeting(order.customer),
        "lead": texts.lead(questions=len(questions), photos=len(order.photos)),
        "wait": _wait(order, questions, texts) if questions else None,
        "others": texts.others_line(order.others),
        "contact": order.shop_email,
        "longest_message": MESSAGE_LENGTH,
        "photos": [_card(photo, order, texts) for photo in order.photos],
    }


def _wait(order: CustomerOrder, questions: list[CustomerPhoto], texts: CustomerTexts) -> Row:
    """How long the order waits, and what happens then; in the mail it is the same day."""
    if order.is_gentle:
        words = texts.more_time_given if order.has_more_time else texts.waits_gently
        return {"words": words, "may_take_longer": not order.has_more_time}
    now = utc_now()
    due = [photo.due_at for photo in questions if photo.due_at is not None and photo.due_at > now]
    if not due:
        return {"words": texts.waits}
    goes_on = all(photo.goes_on for photo in questions)
    return {
        "words": texts.waits_until,
        "day": min(due).isoformat(),
        "time_zone": order.time_zone,
        "then": texts.then_goes_on if goes_on else texts.then_waits,
    }


def _card(photo: CustomerPhoto, order: CustomerOrder, texts: CustomerTexts) -> Row:
    pieces = texts.pieces.format(count=photo.quantity) if photo.quantity > 1 else ""
    card: dict[str, Any] = {
        "id": photo.id,
        "version": photo.version,
        "product": photo.product,
        "detail": " · ".join(part for part in (photo.variant, pieces) if part),
        "picture": photo.sha256 and f"/photos/{photo.sha256}/grid",
        "ratio": photo.ratio,
        "picture_name": texts.picture.format(product=photo.product),
    }
    if photo.standing is Standing.NEEDS_ANSWER:
        consent = texts.consent(photo.reasons.values()) if photo.may_keep else None
        card["question"] = {
            "again": texts.again(photo.answers, photo.response),
            "reasons": [
                {"hint": None if order.is_gentle else code, "words": words}
                for code, words in photo.reasons.items()
            ],
            "comment": photo.comment,
            "consent": consent,
            "is_gentle": order.is_gentle,
        }
    else:
        title, what_next = _thanks(photo, texts)
        undo = texts.undo_new if photo.response is ResponseKind.REPLACED else texts.undo
        card["thanks"] = {
            "title": title,
            "next": what_next,
            "message": photo.message if photo.response is ResponseKind.ASKED else "",
            "undo": undo if photo.may_undo else "",
        }
    return card


def _thanks(photo: CustomerPhoto, texts: CustomerTexts) -> tuple[str, str]:
    if photo.standing is Standing.FINE:
        return texts.fine, texts.fine_next
    if photo.response is ResponseKind.KEPT and photo.is_settled_for_them:
        return texts.settled, texts.settled_next
    if photo.response is ResponseKind.KEPT:
        return texts.kept, texts.kept_next
    if photo.response is ResponseKind.ASKED:
        return texts.asked, texts.asked_next
    return texts.replaced, texts.replaced_next
