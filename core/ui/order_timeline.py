"""What has happened to an order, one line each, the newest first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.models import (
    EventName,
    OrderNoteKind,
    ResponseBy,
    ResponseKind,
    Verdict,
    WithdrawnBecause,
)
from core.queries.order_head import Head
from core.queries.order_story import Story, StoryEvent
from core.ui import order_words
from core.ui.check_card import WORDS as CHECK_WORDS


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    who: str  #: "" for Loupe itself
    words: str
    quote: str = ""  #: What somebody wrote


_VERDICTS = {
    Verdict.APPROVED: "approved {photo}",
    Verdict.REJECTED: "rejected {photo}",
    Verdict.SET_ASIDE: "set {photo} aside",
}
_ANSWERS = {
    ResponseKind.REPLACED: "sent another picture for {photo}",
    ResponseKind.KEPT: "has {photo} printed as it is",
    ResponseKind.ASKED: "wrote about {photo}",
}
_WENT = {
    EventName.MESSAGE_QUEUED: "is on its way",
    EventName.MESSAGE_SENT: "was sent",
    EventName.MESSAGE_FAILED: "was refused",
    EventName.MESSAGE_UNCERTAIN: "may not have arrived: nobody knows",
    EventName.MESSAGE_SETTLED: "has arrived, as somebody says",
}
_NOTED = {
    OrderNoteKind.NOTE: "wrote a note",
    OrderNoteKind.PHONED: "spoke to the customer on the telephone",
    OrderNoteKind.CHATTED: "wrote to the customer outside Loupe",
}
_FOUND = "{Photo} was found on the order"
#: After these, nothing of a photo is printed; after the others, it is a photo of the order again.
_GONE = EventName.PHOTO_WITHDRAWN, EventName.PHOTO_SET_ASIDE
_BACK = EventName.PHOTO_RETURNED, EventName.PHOTO_UNDONE, EventName.PHOTO_REOPENED
#: Told by the decision or the answer itself, which knows more.
_TOLD_OTHERWISE = {
    EventName.PHOTO_APPROVED,
    EventName.PHOTO_REJECTED,
    EventName.PHOTO_SET_ASIDE,
    EventName.PHOTO_REPLACED,
    EventName.PHOTO_KEPT,
    EventName.PHOTO_ASKED,
}
#: In a sentence of its own, or behind the name of whoever did it.
_EVENTS: Mapping[EventName, tuple[str, str]] = {
    EventName.ORDER_SYNCED: ("Read from Shopify", ""),
    EventName.ORDER_HELD: ("Held in Shopify until the photos are approved", ""),
    EventName.ORDER_REFUSED: ("Shopify refused what Loupe asked for", ""),
    EventName.ORDER_ERASED: ("The customer was forgotten", "forgot the customer"),
    EventName.ORDER_DELETED: ("Deleted in Shopify", ""),
    EventName.ORDER_HANDED_OVER: ("", "handed it over to be printed"),
    EventName.ORDER_MORE_TIME: ("The customer asked for more time, and has 14 days more", ""),
    EventName.HOLD_ASKED: ("", "asked for the hold again"),
    EventName.HOLD_REMOVED: ("Somebody removed the hold in Shopify", ""),
    EventName.PHOTO_ARRIVED: ("The file of {photo} came in", ""),
    EventName.PHOTO_CHANGED: ("The order names another file for {photo}", ""),
    EventName.CHANGE_DECLINED: ("", "kept {photo} though the order names another file"),
    EventName.PHOTO_EDITED: ("{Photo} was turned or cropped", "turned or cropped {photo}"),
    EventName.PHOTO_REVERTED: ("{Photo} is again as it came", "put {photo} back as it came"),
    EventName.PHOTO_OVERDUE: ("The answer about {photo} is overdue", ""),
    EventName.PHOTO_LEFT: ("", "left {photo} for a manager"),
    EventName.PHOTO_UNDONE: ("", "took the decision about {photo} back"),
    EventName.PHOTO_REOPENED: ("", "opened {photo} again"),
    EventName.PHOTO_ANSWER_UNDONE: ("The customer took the answer about {photo} back", ""),
    EventName.PHOTO_RETRIED: ("{Photo} is fetched again", "had {photo} fetched again"),
    EventName.PHOTO_RETURNED: ("{Photo} is needed again", ""),
}


def lines(story: Story) -> Sequence[Line]:
    photos = _names(story)
    told = [
        *_events(story, photos),
        *_decisions(story, photos),
        *_responses(story, photos),
        *_shipped(story.head),
    ]
    # Of those at one moment, too, the last first.
    return sorted(told, key=lambda line: line.at)[::-1]


def _names(story: Story) -> Callable[[int | None], str]:
    """What each photo is called: the only one needs no number."""
    numbers = {photo.id: f"photo {photo.number}" for photo in story.photos}
    if len(numbers) == 1:
        return lambda id_: "the photo"
    return lambda id_: numbers.get(id_ or 0, "a photo")


def _decisions(story: Story, photos: Callable[[int | None], str]) -> Iterator[Line]:
    for each in story.decisions:
        words = _VERDICTS[each.verdict].format(photo=photos(each.photo_id))
        if each.reasons:
            words += f": {', '.join(each.reasons)}"
        if each.is_undone:
            words += " (taken back)"
        yield Line(each.decided_at, each.reviewer or "Loupe", words, each.comment)


def _responses(story: Story, photos: Callable[[int | None], str]) -> Iterator[Line]:
    for each in story.responses:
        words = _ANSWERS[each.kind].format(photo=photos(each.photo_id))
        who = "The customer"
        if each.by is not ResponseBy.CUSTOMER:
            who, words = each.staff or "Loupe", f"{words}, for the customer"
        if each.by is ResponseBy.POLICY:
            words = f"goes on with {photos(each.photo_id)} as it is: the customer did not answer"
        if each.is_undone:
            words += " (taken back)"
        yield Line(each.responded_at, who, words, each.message)


def _shipped(head: Head) -> Iterator[Line]:
    if head.fulfilled_at:
        yield Line(head.fulfilled_at, "", "Shipped, says Shopify")


def _events(story: Story, photos: Callable[[int | None], str]) -> Iterator[Line]:
    mails = {message.id: message for message in story.messages}
    for number, event in enumerate(story.events):
        if event.name in _TOLD_OTHERWISE:
            continue
        if event.name in _WENT:
            mail = mails.get(event.ids.get("message", 0))
            name = order_words.MAILS[mail.kind] if mail else "A mail"
            yield Line(event.happened_at, "", f"{name} {_WENT[event.name]}")
            continue
        words = _words(event, story, number)
        if words:
            photo = photos(event.photo_id)
            named = words.format(photo=photo, Photo=photo[:1].upper() + photo[1:])
            quote = _quote(event, story)
            yield Line(event.happened_at, event.staff, named, quote)


def _quote(event: StoryEvent, story: Story) -> str:
    note = story.order_notes.get(event.ids.get("order_note", 0))
    return note.text if note else story.notes.get(event.ids.get("note", 0), "")


def _words(event: StoryEvent, story: Story, number: int) -> str:
    if event.name is EventName.ORDER_RELEASED:
        return _released(event, story, number)
    if event.name is EventName.PHOTO_FOUND:
        is_missing = _was_missing(event, story, number)
        return "{Photo} did not come with the order" if is_missing else _FOUND
    if event.name is EventName.ORDER_ASSIGNED:
        return f"Given to {story.staff.get(event.ids.get('assignee') or 0, 'nobody')}"
    if event.name is EventName.PHOTO_UNAVAILABLE:
        why = CHECK_WORDS.get(event.ids.get("code", ""), "")
        return f"{{Photo}} is to be checked. {why}".strip()
    if event.name is EventName.PHOTO_WITHDRAWN:
        because = event.ids.get("because")
        why = f": {order_words.because(WithdrawnBecause(because), story.head)}" if because else ""
        return f"{{Photo}} is not printed{why}"
    if event.name is EventName.ORDER_NOTED:
        note = story.order_notes.get(event.ids.get("order_note", 0))
        return _NOTED[note.kind] if note else ""
    if event.name is EventName.ORDER_CHANGED:
        return _changed(event)
    alone, behind_a_name = _EVENTS.get(event.name, ("", ""))
    return behind_a_name if event.staff else alone


def _changed(event: StoryEvent) -> str:
    if "is_gentle" not in event.ids:
        return "corrected where the mail goes"
    return f"said that this order is {'' if event.ids['is_gentle'] else 'not '}a gentle one"


def _released(event: StoryEvent, story: Story, number: int) -> str:
    head, before = story.head, story.events[:number]
    ends = head.cancelled_at, head.deleted_at
    is_over = any(end is not None and end <= event.happened_at for end in ends)
    is_over |= head.is_fulfilled and any(_is_shipped(each) for each in before)
    if not is_over and _has_photos(story, before):
        return "Released in Shopify: the order may ship"
    return "Our hold is gone" if story.holds else ""


def _is_shipped(event: StoryEvent) -> bool:
    return event.ids.get("because") == WithdrawnBecause.FULFILLED


def _has_photos(story: Story, before: Sequence[StoryEvent]) -> bool:
    """Whether anything was to be printed by then."""
    gone = set()
    for event in before:
        if event.name in _GONE:
            gone.add(event.photo_id)
        elif event.name in _BACK:
            gone.discard(event.photo_id)
    return any(photo.id not in gone for photo in story.photos)


def _was_missing(event: StoryEvent, story: Story, number: int) -> bool:
    # One that comes later is found a second time, in the place of what was missing.
    if any(
        later.name is event.name and later.photo_id == event.photo_id
        for later in story.events[number + 1 :]
    ):
        return True
    return any(photo.id == event.photo_id and photo.is_missing for photo in story.photos)
