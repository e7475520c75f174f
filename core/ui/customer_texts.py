"""What customers read on their page; each language is a `CustomerTexts` in a module of its own.

The reasons and comments are the shop's own, and what went wrong is said by `core.errors`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.findings.finding import Finding, Kind, Level
from core.findings.print_area import Making, PrintArea
from core.models import ResponseKind
from core.ui import lengths

#: Of what is said about a new photo: more would read like a list of faults.
MOST_ADVICE = 2


@dataclass(frozen=True, slots=True)
class CustomerTexts:
    locale: str  #: By which browsers write dates
    order: str
    hello: str
    hello_somebody: str
    question: str
    questions: str
    answered: str
    all_fine: str
    other: str
    others: str

    pieces: str
    picture: str
    comment_from: str
    choose: str
    file: str
    keep: str
    write: str
    only_photo: str
    camera: str

    #: What is said before anything else when there was an answer already, by its kind.
    once_more: Mapping[ResponseKind, str]
    still_asking: str  #: The same from the third time on

    waits: str
    waits_until: str
    then_waits: str
    then_goes_on: str
    waits_gently: str
    more_time: str
    more_time_given: str

    uploading: str
    opening: str
    lost_trying: str
    lost: str
    not_arrived: str
    too_large: str
    cancel: str
    try_again: str
    chosen: str
    frame: str
    few_pixels: str
    too_few_pixels: str
    chosen_size: str
    enough_pixels_for: str
    few_to_draw_from: str
    larger_original: str
    cut_at_sides: str
    cut_at_ends: str
    #: The other kinds that a customer can do something about.
    advice: Mapping[Kind, str]
    animated: str
    send: str
    choose_another: str

    keep_question: str
    keep_meaning: str
    keep_noticed: str
    message: str
    send_message: str
    go_back: str
    one_moment: str
    late: str

    replaced: str
    replaced_next: str
    kept: str
    kept_next: str
    settled: str
    settled_next: str
    asked: str
    asked_next: str
    you_wrote: str
    fine: str
    fine_next: str
    undo: str
    undo_new: str
    contact: str

    no_link: str
    expired: str
    new_link: str
    new_link_sent: str

    sign_in_title: str
    sign_in_lead: str
    sign_in_instead: str
    which_shop: str
    email: str
    send_code: str
    code_title: str
    code_lead: str
    code_late: str
    code: str
    sign_in: str
    send_again: str
    sent_again: str
    other_email: str
    link_lead: str
    link_open: str
    no_answer: str
    demo_mail: str

    my_orders: str
    signed_in_as: str
    no_orders: str
    placed: str
    asked_about: str
    being_checked: str
    answer_checked: str
    more_photos: str
    shipped: str
    cancelled: str
    nothing_left: str
    answer_order: str
    open_order: str
    older_orders: str
    all_orders: str
    sign_out: str

    def greeting(self, name: str) -> str:
        """Only a first name: the whole would sound like an invoice."""
        first = name.split(maxsplit=1)[0] if name.strip() else ""
        return self.hello_somebody.format(name=first) if first else self.hello

    def lead(self, *, questions: int, photos: int) -> str:
        if questions:
            return (self.question if questions == 1 else self.questions).format(count=questions)
        return self.answered if photos else self.all_fine

    def again(self, answers: int, last: ResponseKind | None) -> str:
        """How a question begins that is not the first about its photo."""
        if answers > 1:
            return self.still_asking
        return self.once_more[last] if answers and last else ""

    def others_line(self, count: int) -> str:
        if count == 0:
            return ""
        return (self.other if count == 1 else self.others).format(count=count)

    def advise(
        self, findings: Sequence[Finding], area: PrintArea | None, *, is_animated: bool = False
    ) -> Sequence[str]:
        """What to say about a file before it is sent, the worst first."""
        said = [self.animated] if is_animated else []
        for found in findings:
            if words := self._advice(found, area):
                said.append(words)
        return said[:MOST_ADVICE]

    def _advice(self, found: Finding, area: PrintArea | None) -> str:
        """ "" for what a customer can do nothing about."""
        if found.kind is Kind.RESOLUTION:
            return f"{self._pixels(found, area)} {self.larger_original}"
        if found.kind is Kind.SHAPE:
            is_wide = found.details.get("sides") == "horizontal"
            cut = self.cut_at_sides if is_wide else self.cut_at_ends
            return cut.format(share=f"{found.measured or 0:.0%}")
        return self.advice.get(found.kind, "")

    def _pixels(self, found: Finding, area: PrintArea | None) -> str:
        if area is not None and area.making is Making.DRAWN:
            return self.few_to_draw_from
        soft = self.too_few_pixels if found.level is Level.POOR else self.few_pixels
        sentence = soft.format(size=lengths.of(area) if area else self.chosen_size)
        largest = lengths.largest(found, area)
        return f"{sentence} {self.enough_pixels_for.format(size=largest)}" if largest else sentence

    def consent(self, reasons: Iterable[str]) -> str:
        """What a customer who keeps a photo is shown, and what is recorded."""
        return "\n".join([self.keep_meaning, self.keep_noticed, *reasons])
