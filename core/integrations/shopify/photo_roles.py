"""What a property's label says about its picture, in the languages shops speak.

The value decides whether there is a picture; the label only sets its role. Where a label is
ambiguous the picture is a photo: an extra tile is set aside in a second, a missing one is not seen.
"""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache


class Role(StrEnum):
    #: What the customer sent, and staff approve.
    PHOTO = "photo"
    #: The app's picture of the finished product.
    PREVIEW = "preview"
    #: The customer's photo after an app worked on it.
    DERIVED = "derived"
    #: What an app made for the printer.
    PRODUCTION = "production"
    #: An attachment that is no picture.
    FILE = "file"


def plain(label: str) -> str:
    """Fold a label to lower-case words without accents: `_cartImg` is "cart img"."""
    text = unicodedata.normalize("NFKD", label[:500])
    text = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    kept = [character for character in text if unicodedata.category(character) not in ("Mn", "Cf")]
    return " ".join(re.sub(r"[\W_]+|(?<=\D)(?=\d)", " ", "".join(kept).casefold()).split())


def _words(words: str, anywhere: str = "") -> re.Pattern[str]:
    """Match whole words, and the parts of languages that glue or do not space their words."""
    whole = "|".join(words.split("\n"))
    loose = "".join(f"|{plain(word)}" for word in anywhere.split(","))[1:]
    alternatives = rf"(?<![^\W\d])(?:{whole})(?![^\W\d])" + (f"|{loose}" if loose else "")
    return re.compile(alternatives)


_PREVIEW = _words(
    "(?:live)?previews?\npreview(?:url|image|img)s?\nthumbs?\nthumb ?nails?\nmock ?ups?\n"
    "proofs?(?! of)\n"
    "rendering\nrendered\nrender\n"
    "apercus?\nprevisualisation\nvista previa\nprevia\nprevisualizacion\nanteprim[ae]\n"
    "(?:pre ?)?visualizacao\nvoorbeeld\\w*\nvoorvertoning\nforhandsvisning\nforhandsgranskning\n"
    "esikatselu\npodglad\nnahlad\nnahled\nelonezet\nonizleme\nprevizualizare\npredogled\n"
    "pretpregled\neelvaade\nperziura\nxem truoc\npratinjau",
    "vorschau,предпросмотр,превью,プレビュー,预览,預覽,미리보기,προεπισκόπηση,תצוגה מקדימה,معاينة",
)
_GENERATED = _words(
    "generated\ngenerie?rt\\w*\ngeneree?\ngenerad[ao]\ngenerat[ao]\ngerad[ao]\ngegenereerde?\n"
    "ai (?:images?|art|portraits?)\ncart (?:img|image|picture|photo)"
)
_PRODUCTION = _words(
    "production\nprint ?files?\nprint ?ready\nprint (?:pdf|url|svg)\ndesign links?\nvector\n"
    "cut ?files?\nembroidery files?\nfichier d ?impression\narchivo de impresion\n"
    "file di stampa\narquivo de impressao\ndrukbestand\nplik do druku",
    "druckdatei,druckvorlage,druckdaten,printdatei,印刷データ",
)
_HIDDEN_PRODUCTION = _words("svg\npdf\neps\nprint\nexport\nproduccion\nproduzione")
_CUSTOMERS = _words("photos?\nfotos?\nuploads?\nuploaded\noriginals?\ncustomers?")
_DERIVED = _words(
    "processed\ncropped\ncrop\nedited\nenhanced\nfiltered\nupscaled\nretouched\nresized\n"
    "cut ?out\nmasked\nstyli[sz]ed\ncartooni[sz]ed\nconverted\ncompressed\noptimi[sz]ed\n"
    "transformed\n(?:background|bg) (?:removed|removal|free)\nno ?bg\nbearbeitet\\w*\n"
    "zugeschnitten\\w*\nfreigestellt\\w*\nrecadree?\nretouchee?\ntraitee?\nrecortad[ao]\n"
    "editad[ao]\nprocesad[ao]\nprocessad[ao]\nritagliat[ao]\nmodificat[ao]\nbijgesneden\n"
    "bewerkte?"
)
_UPLOAD = _words(
    "upload\\w*\nuploaden\nladen?\ntelecharge\\w*\ntelevers\\w*\nsub[ei]r?\ncarica\\w*\n"
    "carregar?\nenvi[ae]\\w*\nladda\nlast opp",
    "hochladen,загруз,アップロード,上传,上傳,업로드",
)
_PHOTO = _words(
    "uploads?\nuploaded\noriginals?\nsource\nphotos?\nphotographs?\nphotographies?\nfotos?\n"
    "fotografi\\w*\nfotky?\nimages?\nimg\npictures?\npics?\nbilde[rt]?\nbilled\\w*\nimagen\n"
    "imagenes\nimmagin[ei]\nimagem\nimagens\nafbeelding\\w*\nobraz\\w*\nobrazky?\nzdjeci[ae]\n"
    "kuvat?\nkep\nkepek\nresim\nslika\nartworks?\nfiles?\nfichiers?\narchivos?\nlogos?",
    "bild,foto,datei,фото,изображен,зображен,写真,画像,图片,照片,圖片,사진,이미지,"
    "εικόνα,φωτογραφ,תמונה,صورة",
)
# What a merchant's theme or bundle app writes for its own use.
_OWN_IMAGE = re.compile(
    r"(?:customi[sz]ation|customi[sz]ed|composite|final|product|variant) "
    r"(?:img|image|picture|photo)\b"
)


@lru_cache(maxsize=1024)
def role_of(label: str) -> Role | None:
    """The role a label gives, or None where it does not say."""
    text, hidden = plain(label), label.strip().startswith("_")
    asks = bool(_UPLOAD.search(text)) and not hidden
    # "Upload your photo to see a preview": a sentence that asks for a photo names other things.
    if asks and len(text.split()) >= 5:
        return Role.PHOTO
    if _PREVIEW.search(text):
        return Role.PREVIEW
    if _PRODUCTION.search(text) or (
        hidden and _HIDDEN_PRODUCTION.search(text) and not _CUSTOMERS.search(text)
    ):
        return Role.PRODUCTION
    if _GENERATED.search(text) or (
        hidden and (re.match(r"design\b", text) or _OWN_IMAGE.search(text))
    ):
        return Role.PREVIEW
    if _DERIVED.search(text) and not asks:
        return Role.DERIVED
    return Role.PHOTO if _PHOTO.search(text) else None


@lru_cache(maxsize=1024)
def speaks_of_photo(label: str) -> bool:
    return bool(_PHOTO.search(plain(label)))
