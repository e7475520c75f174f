"""How shops' themes and upload apps write a customer's photos into an order.

Each shape takes the photos' addresses and gives keys and values, as public recordings of real
orders show them. What else the customer chose is invented.
"""

import json
from collections.abc import Callable, Sequence

Values = list[tuple[str, str]]
Shape = Callable[[Sequence[str]], Values]


def theme(photos: Sequence[str]) -> Values:
    """One key for each file input; a theme that repeats the input repeats the key."""
    return [("Upload your photo", photo) for photo in photos]


def german_theme(photos: Sequence[str]) -> Values:
    return [("Name des Lieblings", "Mia"), *(("Ihr Foto", photo) for photo in photos)]


def hidden(photos: Sequence[str]) -> Values:
    return [("_upload", photo) for photo in photos]


def zepto(photos: Sequence[str]) -> Values:
    """Zepto Product Personalizer: `_pplr_preview` names the key of the preview."""
    return [
        ("Pet name", "Biscuit"),
        ("Font", "#22"),
        *((f"Custom Image{number or ''}", photo) for number, photo in enumerate(photos)),
        ("Preview", preview(photos[0])),
        ("_pplr_preview", "Preview"),
    ]


def german_zepto(photos: Sequence[str]) -> Values:
    return [
        ("Textgravur Rückseite", "Für immer\r\nin unserem Herzen"),
        *(("Bild Vorderseite", photo) for photo in photos),
        ("Vorschau", preview(photos[0])),
        ("_pplr_preview", "Vorschau"),
    ]


def upload_kit(photos: Sequence[str]) -> Values:
    return [
        (f"Upload Image {number}", f"{photo}?dl=1") for number, photo in enumerate(photos, start=1)
    ]


def upload_lift(photos: Sequence[str]) -> Values:
    """Upload-Lift's addresses need not have an extension."""
    return [("Upload your pet photo", photo.removesuffix(".jpg")) for photo in photos]


def customily(photos: Sequence[str]) -> Values:
    return [
        ("Choose Color\u200b", "4"),
        ("_customily-preview", preview(photos[0])),
        ("_customily-personalization-id", "_customily-id-3bdba2fa"),
        *(("_Upload Image", photo) for photo in photos),
    ]


def comma_list(photos: Sequence[str]) -> Values:
    return [("Photos", ", ".join(photos))]


def line_list(photos: Sequence[str]) -> Values:
    return [("Fotos", "\r\n".join(photos))]


def json_list(photos: Sequence[str]) -> Values:
    return [("_photos", json.dumps([{"url": photo} for photo in photos]))]


def twice(photos: Sequence[str]) -> Values:
    """The same address under two keys is one photo."""
    return [entry for photo in photos for entry in (("Photo", photo), ("_photo_original", photo))]


def preview(photo: str) -> str:
    """The app's picture of the finished product; here the photo itself under another address."""
    return f"{photo}?preview=1"


USUAL: list[Shape] = [theme, theme, theme, hidden, zepto, upload_kit, upload_lift, customily, twice]
GERMAN: list[Shape] = [german_theme, german_theme, german_zepto]
SEVERAL: list[Shape] = [theme, comma_list, line_list, json_list, upload_kit]
