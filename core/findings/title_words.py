"""Words of titles that say whether a code or a small number beside them is a size."""

import re

#: What parts a title into things that are said apart.
SEGMENT = re.compile(r"[/|,;:()\[\]–—]| - ")
_WORD = re.compile(r"[\w+]+")
#: How far the word beside something may reach.
_NEAR = 40

_ABOUT_PRINTS = re.compile(
    "[0-9]{1,2}x?|x|din|iso|us|sizes?|formate?|formato|formaat|grösse|taille|tamaño|maat|misura"
    "|in|im|en|au|on|auf|and|und|or|oder|ou|o|of|set|with|mit|avec|con|met"
    "|small|medium|large|mini|maxi|klein|gross|xs|s|m|l|xl|xxl"
    "|framed|unframed|gerahmt|ungerahmt|frames?|cadre|marco|lijst"
    "|papers?|papel|printed|posters|photo|foto|picture|canvas|affiche|tirage"
    "|plakat|fine|art|giclee|giclée|wall|wand|magnets?|stickers?|aufkleber|tiles?"
    "|greeting|flyers?|puzzle|calendars?|calendrier|calendario|planners?|wallets?|strips?"
    "|books|booklet|livre|album|certificate|urkunde|sign|schild|envelopes?|block|digital"
    "|acryl|acrylic|glas|glass|alu|aluminium|aluminum|dibond|metal|metall|forex|wood|wooden|holz"
    "|matte?|gloss|glossy|glänzend|lustre|luster|satin|silk|seidenmatt|pearl|baryta|textured"
    "|smooth|linen|premium|standard|classic|deluxe|museum|archival|hahnemühle|[0-9]{2,3}g(?:sm)?"
    "|black|white|schwarz|weiss|natural|natur|oak|eiche|walnut|nussbaum"
    "|portrait|landscape|hoch|quer|hochformat|querformat|vertical|horizontal|square"
    r"|\w*(?:papier|druck|poster|prints?|bild|karten?|cards?|buch|book|heft|kalender|rahmen|leinwand)"
)
#: Telephones and cars have models like "A3" and "15 x 2".
_MODELS = re.compile(
    r"(?<![^\W_])(?:i|smart|cell|mobile )?phone|handy|telefon|teléfono|samsung|galaxy|huawei|xiaomi"
    r"|redmi|oppo\b|ipad|tablet|coque|hoesje|funda(?! (?:(?:de|para) )?(?:coj[ií]n|almohad))"
    r"|\baudi\b|\bjeep\b"
)
#: Vessels, clothes and jewellery have designs like "A3", and chains and children a length.
_DESIGNS = re.compile(
    r"\bmugs?\b|tasse|\btaz[az]|\bmok\b|\bcups?\b|becher|tumbler|bottle|flasche|botella|bouteille"
    r"|shirt|camiseta|hoodie|sweater|pullover|jacket|\bjacke|pyjama|pajama|\bdress|kleid\b|romper"
    r"|onesie|strampler|\bbody\b|leggings|\bsocks?\b|socken|\bcaps?\b|\bhats?\b"
    r"|keychain|keyring|anhänger|llavero|porte-clés|necklace|chain\b|kette\b|collier|\bcollar\b"
    r"|ketting|bracelet|armband|pulsera|pendant"
)


def beside(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands in the same part of a title, before and behind `text[start:end]`."""
    before = SEGMENT.split(text[max(0, start - _NEAR) : start])[-1]
    return before, SEGMENT.split(text[end : end + _NEAR])[0]


def is_among_prints(text: str, start: int, end: int) -> bool:
    """Whether the words beside `text[start:end]`, if any, are such as prints are sold with.

    "Poster A4" and "A4" are paper; "Poster Audi A4" and "A4 Avant" are not.
    """
    before, behind = (_WORD.findall(part) for part in beside(text, start, end))
    return all(_ABOUT_PRINTS.fullmatch(word) for word in [*before[-1:], *behind[:1]])


def have_models(texts: str) -> bool:
    """Whether what is sold has models that look like paper, or like numbers without a unit."""
    return bool(_MODELS.search(texts))


def have_designs(texts: str) -> bool:
    """Whether what is sold has designs or lengths that look like the size of a print."""
    return bool(_DESIGNS.search(texts))
