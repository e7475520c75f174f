"""Shapes that upload apps are known, or likely, to write, besides those that were recorded."""

import pytest

from core.integrations.shopify.orders import Attribute
from core.integrations.shopify.photo_finder import explain, find_photos
from core.integrations.shopify.photo_reasons import REFUSED, Why
from core.integrations.shopify.property_rules import PropertyRules

CDN = "https://cdn.shopify.com/s/files/1/0000/0000/0001/uploads"
A, B, C, D = (f"{CDN}/{name}.jpg" for name in "abcd")
S3 = "https://easify-options.s3.amazonaws.com/u/9c2f1e00.png"

#: Per shape the properties, and the roles of what is found, with the addresses.
SHAPES: dict[str, tuple[list[tuple[str, str | None]], list[tuple[str, str]]]] = {
    "globo": (
        [("Upload Your Photo", f"{A}?v=173"), ("_gpo_total", "€4.00")],
        [("photo", f"{A}?v=173")],
    ),
    "globo, bucket": (
        [("Foto hochladen", "https://globo.s3.us-east-2.amazonaws.com/uploads/6f1c2a9e.png")],
        [("photo", "https://globo.s3.us-east-2.amazonaws.com/uploads/6f1c2a9e.png")],
    ),
    "hulk": (
        [
            ("Upload image", "https://hulk.nyc3.digitaloceanspaces.com/options/9f/IMG%200012.JPG"),
            ("_hulk_option_id", "99"),
        ],
        [("photo", "https://hulk.nyc3.digitaloceanspaces.com/options/9f/IMG%200012.JPG")],
    ),
    "easify, link": (
        [("Bild", '<a href="https://cdn.easifyapps.com/uploads/3f7c-7a/dog.png">dog.png</a>')],
        [("photo", "https://cdn.easifyapps.com/uploads/3f7c-7a/dog.png")],
    ),
    "easify, signed twice": (
        [("Upload", f"{S3}?X-Amz-Signature=ab1"), ("Upload copy", f"{S3}?X-Amz-Signature=cd2")],
        [("photo", f"{S3}?X-Amz-Signature=ab1")],
    ),
    "bold": (
        [
            ("Your Image", "https://s3.amazonaws.com/bold-options/shop/1700000000_dog.jpg"),
            ("_boldVariantIds", "1"),
        ],
        [("photo", "https://s3.amazonaws.com/bold-options/shop/1700000000_dog.jpg")],
    ),
    "infinite options": (
        [("Photo 1", "https://d1l7y2.cloudfront.net/uploads/5f3d/dog%20(1).jpeg"), ("Photo 2", B)],
        [("photo", "https://d1l7y2.cloudfront.net/uploads/5f3d/dog%20(1).jpeg"), ("photo", B)],
    ),
    "teeinblue": (
        [("_teeinblue_preview", A), ("Upload Photo", B), ("_tib_print_file", C)],
        [("preview", A), ("photo", B), ("production", C)],
    ),
    "customall": (
        [
            ("_customall_preview", A),
            ("_customall_image_1", B),
            ("_customall_vector", f"{CDN}/d.pdf"),
        ],
        [("preview", A), ("photo", B), ("production", f"{CDN}/d.pdf")],
    ),
    "printful": (
        [("_printful_design_id", "12345"), ("_preview_front", A), ("Your image", B)],
        [("preview", A), ("photo", B)],
    ),
    "gelato, no extension": (
        [("Custom photo", "https://gelato.s3.eu-west-1.amazonaws.com/uploads/ab12cd/photo")],
        [("photo", "https://gelato.s3.eu-west-1.amazonaws.com/uploads/ab12cd/photo")],
    ),
    "qikify": (
        [("Upload file", "https://cdn.qikify.com/uploads/ab12.heic?name=IMG_1.HEIC")],
        [("photo", "https://cdn.qikify.com/uploads/ab12.heic?name=IMG_1.HEIC")],
    ),
    "live product options": (
        [("Lade dein Foto hoch", A), ("Live Vorschau", B)],
        [("photo", A), ("preview", B)],
    ),
    "commas": ([("Photos", f"{A}, {B},{C}")], [("photo", A), ("photo", B), ("photo", C)]),
    "newlines": ([("Photos", f"{A}\n{B}\r\n{C}")], [("photo", A), ("photo", B), ("photo", C)]),
    "written newlines": (
        [("Photos", f"{A}\\n{B}\\r\\n{C}")],
        [("photo", A), ("photo", B), ("photo", C)],
    ),
    "pipes": ([("Photos", f"{A}|{B} | {C}")], [("photo", A), ("photo", B), ("photo", C)]),
    "semicolons": ([("Photos", f"{A};{B}; {C}")], [("photo", A), ("photo", B), ("photo", C)]),
    "wide signs": ([("写真", f"{A}，{B}、{C}")], [("photo", A), ("photo", B), ("photo", C)]),
    "JSON": ([("_photos", f'["{A}", "{B}"]')], [("photo", A), ("photo", B)]),
    "JSON in JSON": ([("_data", f'{{"images": "[\\"{A}\\"]"}}')], [("photo", A)]),
    "JSON with roles": (
        [("_upload", f'{{"original": "{A}", "thumbnail": "{B}", "cropped": "{C}"}}')],
        [("photo", A), ("preview", B), ("derived", C)],
    ),
    "Python's list": ([("Photos", f"['{A}', '{B}']")], [("photo", A), ("photo", B)]),
    "PHP's list": ([("Photo", f'a:1:{{i:0;s:70:"{A}";}}')], [("photo", A)]),
    "JSON's slashes": ([("Photo", A.replace("/", "\\/"))], [("photo", A)]),
    "names before": ([("Photos", f"dog.jpg: {A}, cat.jpg: {B}")], [("photo", A), ("photo", B)]),
    "text behind": (
        [("Photo", f"{A} (1.2 MB)"), ("2", f"See {B}. Thanks!")],
        [("photo", A), ("photo", B)],
    ),
    "no scheme": (
        [("Photo", "files.uploads.example/u/dog.png")],
        [("photo", "https://files.uploads.example/u/dog.png")],
    ),
    "German": (
        [("Ihr Foto", A), ("Produktvorschau", B), ("Druckdatei", C), ("Zugeschnittenes Bild", D)],
        [("photo", A), ("preview", B), ("production", C), ("derived", D)],
    ),
    "French": (
        [
            ("Téléchargez votre photo", A),
            ("Aperçu", B),
            ("Fichier d’impression", C),
            ("Image recadrée", D),
        ],
        [("photo", A), ("preview", B), ("production", C), ("derived", D)],
    ),
    "Spanish": (
        [("Sube tu foto", A), ("Vista previa", B), ("Archivo de impresión", C), ("Recortada", D)],
        [("photo", A), ("preview", B), ("production", C), ("derived", D)],
    ),
    "Japanese": (
        [("写真をアップロード", A), ("プレビュー", B), ("印刷データ", C)],
        [("photo", A), ("preview", B), ("production", C)],
    ),
    "another version of one file": (
        [("Photo", f"{A}?v=1"), ("Copy", f"{A}?v=2")],
        [("photo", f"{A}?v=1")],
    ),
    "one key twice, one empty": (
        [("Photo", None), ("Photo", ""), ("Photo", A), ("Photo", B), ("", C)],
        [("photo", A), ("photo", B), ("photo", C)],
    ),
    "in a long text": ([("Photo", "x" * 10_000 + f" {A}")], [("photo", A)]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_that_was_never_recorded_is_read(shape: str) -> None:
    properties, expected = SHAPES[shape]

    found = find_photos([Attribute(key, value) for key, value in properties])

    assert [(photo.role.value, photo.url) for photo in found] == expected


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("data:image/png;base64,iVBORw0KGgo=", Why.NO_ADDRESS),
        ("javascript:alert(1)//a.jpg", Why.TEXT),
        ("file:///etc/passwd.jpg", Why.NO_ADDRESS),
        ("ftp://uploads.example/a.jpg", Why.NO_ADDRESS),
        ("http://cdn.shopify.com/a.jpg", Why.NOT_HTTPS),
        ("https://10.0.0.1/a.jpg", Why.BAD_HOST),
        ("https://[::1]/a.jpg", Why.BAD_HOST),
        ("https://2130706433/a.jpg", Why.BAD_HOST),
        ("https://0x7f.1/a.jpg", Why.BAD_HOST),
        ("https://router.local/a.jpg", Why.BAD_HOST),
        ("https://cdn.shopify.com@evil.example/a.jpg", Why.BAD_HOST),
        ("https://user:word@cdn.shopify.com/a.jpg", Why.BAD_HOST),
        ("https://cdn.shopify.com:8443/a.jpg", Why.BAD_HOST),
        ("https://cdn.shοpify.com/a.jpg", Why.BAD_HOST),  # a Greek letter, not encoded
        ("https://cdn.xn--shpify-j0e.com/a.jpg", Why.LOOK_ALIKE),  # the same, encoded
        ("https://cdn.xn--shopfy-6va.com/a.jpg", Why.LOOK_ALIKE),  # an accent
        ("https://ucarecdn.com.evil.example/a.jpg", Why.LOOK_ALIKE),
        ("https://cdn.sh0pify.com/a.jpg", Why.LOOK_ALIKE),
        ("https://cdn-shopify.com/a.jpg", Why.LOOK_ALIKE),
        ("https://cdn.shopify.com/a\u0085.jpg", Why.STRANGE_LETTERS),
        ("https://uploads.example/", Why.NO_FILE),
        (f"https://uploads.example/{'ä' * 2000}.jpg", Why.TOO_LONG),
    ],
)
def test_a_hostile_value_is_refused_whatever_the_merchant_says(value: str, why: Why) -> None:
    (explained,) = explain([Attribute("Photo", value)], rules=PropertyRules.of(["photo"], []))

    assert [outcome.photo for outcome in explained.outcomes] == [None]
    assert explained.outcomes[0].why == (why,)
    assert why in REFUSED or why is Why.TEXT
