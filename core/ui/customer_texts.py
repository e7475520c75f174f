"""Every word that customers read on their page; a further language is one more `CustomerTexts`.

The reasons and comments are the shop's own, and what went wrong is said by `core.errors`.
"""

from collections.abc import Sequence
from dataclasses import dataclass


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
    small: str
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
    small="This photo is quite small, so it may look soft in print. The original from the phone "
    "or camera is often much larger. You can also send this one.",
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
