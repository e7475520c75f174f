"""What the browser is given to draw: plain values, as JSON can hold them."""

from collections.abc import Mapping
from typing import Any

from core.models import ResponseKind
from core.queries.customer_photos import CustomerOrder, CustomerPhoto, Standing
from core.services.responses import MESSAGE_LENGTH
from core.ui.customer_texts import CustomerTexts

Row = Mapping[str, Any]


def page_row(order: CustomerOrder, texts: CustomerTexts) -> Row:
    questions = sum(photo.standing is Standing.NEEDS_ANSWER for photo in order.photos)
    return {
        "shop": order.shop,
        "order": texts.order.format(order=order.name),
        "greeting": texts.greeting(order.customer),
        "lead": texts.lead(questions=questions, photos=len(order.photos)),
        "others": texts.others_line(order.others),
        "longest_message": MESSAGE_LENGTH,
        "photos": [_card(photo, texts) for photo in order.photos],
    }


def _card(photo: CustomerPhoto, texts: CustomerTexts) -> Row:
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
        card["question"] = {
            "reasons": list(photo.reasons),
            "comment": photo.comment,
            "consent": texts.consent(photo.reasons) if photo.may_keep else None,
        }
    else:
        title, what_next = _thanks(photo, texts)
        card["thanks"] = {
            "title": title,
            "next": what_next,
            "message": photo.message if photo.response is ResponseKind.ASKED else "",
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
