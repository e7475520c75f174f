"""Every word that customers read on their page; a further language is one more `CustomerTexts`.

The reasons and comments are the shop's own, and what went wrong is said by `core.errors`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.findings.finding import Finding, Kind, Level
from core.findings.print_area import Making, PrintArea
from core.ui import lengths

#: Of what is said about a new photo: more would read like a list of faults.
MOST_ADVICE = 2


@dataclass(frozen=True, slots=True)
class CustomerTexts:
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

    uploading: str
    opening: str
    lost_trying: str
    lost: str
    not_arrived: str
    too_large: str
    cancel: str
    try_again: str
    chosen: str
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

    no_link: str
    expired: str
    new_link: str
    new_link_sent: str

    def greeting(self, name: str) -> str:
        """Only a first name: the whole would sound like an invoice."""
        first = name.split(maxsplit=1)[0] if name.strip() else ""
        return self.hello_somebody.format(name=first) if first else self.hello

    def lead(self, *, questions: int, photos: int) -> str:
        if questions:
            return (self.question if questions == 1 else self.questions).format(count=questions)
        return self.answered if photos else self.all_fine

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

    def consent(self, reasons: Sequence[str]) -> str:
        """What a customer who keeps a photo is shown, and what is recorded."""
        return "\n".join([self.keep_meaning, self.keep_noticed, *reasons])


ENGLISH = CustomerTexts(
    order="Order {order}",
    hello="Hello,",
    hello_somebody="Hello {name},",
    question="before we print your photo, we would like to ask you about it.",
    questions="before we print your order, we would like to ask you about {count} photos.",
    answered="thank you, we have all we need. There is nothing more for you to do.",
    all_fine="your photos are in good hands. There is nothing for you to do.",
    other="There is one more photo on this order. It needs nothing from you.",
    others="There are {count} more photos on this order. They need nothing from you.",
    pieces="{count} pieces",
    picture="The photo we have for {product}",
    comment_from="From our photo team",
    choose="Choose a new photo",
    file="File with the new photo",
    keep="Keep this photo",
    write="Write to us",
    only_photo="Is this your only photo? Write to us, we will find a way together.",
    uploading="Your photo is on its way",
    opening="Almost there, we are opening your photo",
    lost_trying="The connection was lost. We are trying again.",
    lost="The connection was lost. Your photo is still chosen, please try again.",
    not_arrived="Your photo did not arrive. Please try again.",
    too_large="This file is larger than 60 MB. Please save the photo as JPEG and choose that copy.",
    cancel="Cancel",
    try_again="Try again",
    chosen="Your new photo",
    few_pixels="This photo may look a little soft at {size}.",
    too_few_pixels="This photo will look soft at {size}.",
    chosen_size="the size you chose",
    enough_pixels_for="It prints well up to {size}.",
    few_to_draw_from="This photo is quite small to draw from.",
    larger_original="The original from the phone or camera is often much larger.",
    cut_at_sides="Your print has another shape than this photo: about {share} of it would be left "
    "out, on the left and on the right.",
    cut_at_ends="Your print has another shape than this photo: about {share} of it would be left "
    "out, at the top and at the bottom.",
    advice={
        Kind.SOFT: "This photo looks a little out of focus. One that stays clear when you zoom in "
        "would print beautifully.",
        Kind.MOVED: "This photo looks a little blurred, as if the camera or somebody had moved. "
        "Perhaps there is another one from the same moment?",
        Kind.DARK: "This photo is quite dark, and a print looks darker than a screen. One with "
        "more daylight would come out better.",
        Kind.WASHED_OUT: "The bright parts of this photo have lost their detail. One out of direct "
        "sun or flash would come out better.",
        Kind.BACKLIT: "The light comes from behind in this photo, so what is in front is dark. One "
        "with the light on it would come out better.",
        Kind.COMPRESSED: "This copy has lost detail on its way, as happens in chats. The original "
        "from the phone or camera would print better.",
        Kind.ENLARGED: "This looks like a small photo that was made larger, which prints soft. "
        "The original would print better.",
        Kind.SCREENSHOT: "This looks like a screenshot. The photo itself has more detail.",
        Kind.SCREEN_PHOTO: "This looks like a photo of a screen. The photo that was on the screen "
        "has more detail.",
        Kind.BORDER: "This photo has a border around it, which would be printed too. If you have "
        "it without one, please choose that.",
        Kind.OVERLAY: "There is text or a date on this photo, which would be printed too. If you "
        "have it without, please choose that.",
        Kind.REJECTED_BEFORE: "This looks like the photo we asked you about. You can still send "
        "it, or choose another.",
    },
    animated="Only the first picture of this animation can be printed.",
    send="Send photo",
    choose_another="Choose another",
    keep_question="Keep this photo?",
    keep_meaning="It will be printed as it is.",
    keep_noticed="This is what we noticed:",
    message="Your message",
    send_message="Send message",
    go_back="Go back",
    one_moment="One moment",
    late="This takes longer than usual. Please try again.",
    replaced="Thank you for your new photo",
    replaced_next="Our photo team looks at it next. You get a mail when everything is ready to "
    "print, or if there is one more question.",
    kept="Thank you, we keep this photo",
    kept_next="Our photo team sees your answer next. You get a mail when everything is ready to "
    "print.",
    settled="We took care of this photo",
    settled_next="There is nothing for you to do. You get a mail when everything is ready to "
    "print.",
    asked="Thank you for your message",
    asked_next="Our photo team reads it next and gets back to you by mail. Your order waits for "
    "you.",
    you_wrote="You wrote",
    fine="This photo is ready to print",
    fine_next="There is nothing more for you to do.",
    no_link="This link does not open anything any more. Please use the newest mail from the shop, "
    "or write to them.",
    expired="This link has run out. We can send a new one to the e-mail address of your order.",
    new_link="Send me a new link",
    new_link_sent="A new link is on its way to the e-mail address of your order.",
)
