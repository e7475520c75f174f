"""Every word that customers read on their page, in English."""

from core.findings.finding import Kind
from core.models import ResponseKind
from core.ui.customer_texts import CustomerTexts

ENGLISH = CustomerTexts(
    locale="en-GB",
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
    camera="Take a photo",
    once_more={
        ResponseKind.REPLACED: "Thank you for the photo you sent. We have looked at it closely, "
        "and would like to ask you once more.",
        ResponseKind.KEPT: "Thank you for your answer. We have looked at the photo once more, and "
        "would like to ask you again.",
        ResponseKind.ASKED: "Thank you for your message. This is what we can say about the photo.",
    },
    still_asking="Thank you for bearing with us. If you have no other photo, just write to us: we "
    "will find a way together.",
    waits="Your order waits for your answer.",
    waits_until="Your order waits for you until {day}.",
    then_waits="If you have not answered by then, it stays on hold, and one of us looks into it.",
    then_goes_on="If you have not answered by then, we print the photo as it is.",
    waits_gently="There is no hurry. Your order waits for you.",
    more_time="I need more time",
    more_time_given="Of course, take the time you need. Your order waits for you.",
    uploading="Your photo is on its way",
    opening="Almost there, we are opening your photo",
    lost_trying="The connection was lost. We are trying again.",
    lost="The connection was lost. Your photo is still chosen, please try again.",
    not_arrived="Your photo did not arrive. Please try again.",
    too_large="This file is larger than 60 MB. Please save the photo as JPEG and choose that copy.",
    cancel="Cancel",
    try_again="Try again",
    chosen="Your new photo",
    frame="Inside the frame is what will be printed.",
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
    undo="Change my answer",
    undo_new="Choose another photo",
    contact="Any questions? Write to {email}",
    no_link="This link does not open anything any more. Please use the newest mail from the shop, "
    "or write to them.",
    expired="This link has run out. We can send a new one to the e-mail address of your order.",
    new_link="Send me a new link",
    new_link_sent="A new link is on its way to the e-mail address of your order.",
    sign_in_title="Your photos",
    sign_in_lead="Type the e-mail address of your order. We send you a code, and with it you see "
    "all your orders with {shop}.",
    sign_in_instead="Or see all your orders with {shop}: type the e-mail address of your order, "
    "and we send you a code.",
    which_shop="Where did you order?",
    email="E-mail address",
    send_code="Send me a code",
    code_title="Look into your mail",
    code_lead="If you have ordered with {email}, a mail from {shop} is on its way to you. It has a "
    "code to type here, and a link that works on any phone or computer. Both are good for 10 "
    "minutes.",
    code_late="Nothing there after two minutes? Look into the folder for spam as well. We send at "
    "most three mails in 15 minutes.",
    code="Code with 6 digits",
    sign_in="Sign in",
    send_again="Send another mail",
    sent_again="We have asked for another mail. The code in the newest one counts.",
    other_email="Use another address",
    link_lead="You see all your orders with {shop} that were placed with {email}.",
    link_open="See my photos",
    no_answer="The connection was lost. Please try again.",
    demo_mail="This is the demo: the mail stays here, and staff can read it under Mail.",
    my_orders="Your orders with {shop}",
    signed_in_as="Signed in as {email}",
    no_orders="We know of no order with this address any more. If you have used another one, sign "
    "out and type that one.",
    placed="Ordered on {date}",
    asked_about="We have a question about this photo",
    being_checked="Our photo team looks at it",
    answer_checked="Thank you. Our photo team looks at your answer",
    more_photos="And {count} more",
    shipped="Printed and on its way to you",
    cancelled="This order was cancelled.",
    nothing_left="There is nothing to do for this order.",
    answer_order="Answer about order {order}",
    open_order="See order {order}",
    older_orders="Show older orders",
    all_orders="All your orders",
    sign_out="Sign out",
)
