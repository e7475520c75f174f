"""Sentences that a reviewer can put into a comment: what helps further, by the code of a reason.

The reasons' own words say what is wrong, so these do not say it again.
"""

from collections.abc import Mapping, Sequence

SNIPPETS: Mapping[str, Sequence[str]] = {
    "low_res": (
        "If it came through a chat, whoever took it may still have the original.",
        "When you send it from a phone, please choose “Actual size” or “Original”.",
    ),
    "blurry": (
        "Perhaps another photo from the same moment is sharper?",
        "It is the face that matters most; the rest may be soft.",
    ),
    "dark": (
        "A photo from near a window or from outdoors would be ideal.",
        "We can brighten it a little, but not as much as this one would need.",
    ),
    "bright": ("A photo from the shade or from a cloudy day would be ideal.",),
    "shadow": ("A photo with the light on the face would be ideal.",),
    "too_far": (
        "If this was cut out of a larger photo, the whole one may be enough for us.",
        "The nearer the face, the more of its character the print will show.",
    ),
    "cut_off": (
        "The whole picture on your phone may show more than this part of it.",
        "If you like it just so, tell us, and we place it at the edge of the print.",
    ),
    "angle": ("Eyes towards the camera work best.",),
    "obstructed": ("One with nothing in front of the face would print beautifully.",),
    "screenshot": (
        "The photo itself can usually be saved from the album or chat and sent to us.",
        "If there is only a paper print, a scan of it works well.",
    ),
    "filter": ("The photo from before the filter is usually still in the album.",),
    "wrong_subject": ("If you meant another product, write to us and we change it for you.",),
    "count": ("Tell us who should be in the picture, and we take care of the rest.",),
    "missing_file": ("If you can choose a format, JPEG works best.",),
    "aspect": (
        "Tell us what must stay in the picture, and we cut elsewhere.",
        "A photo in the other direction, upright or wide, would fit better.",
    ),
    "orientation": ("If it is right as you sent it, simply tell us.",),
    "grainy": ("The original, before it went through a chat or an app, is usually finer.",),
    "contrast": ("Another photo from the same day with a plainer background would be ideal.",),
    "duplicate": ("If that is intended, simply keep the photo.",),
    "mismatch_notes": ("Tell us which of the two is right, and we print it that way.",),
    "copyright": ("A line from the photographer that you may print it is enough.",),
    "inappropriate": ("If you think that we misunderstood, please write to us.",),
    "personal_data": ("You can also cover the private part before you send it.",),
    "ai_or_edited": ("One single photo without text or frames is perfect.",),
    "text_overlay": ("If the writing should stay, simply keep the photo.",),
}
