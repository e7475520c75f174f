"""The GraphQL that we send, one file per operation or fragment, the fragment's named like it."""

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_SPREAD = re.compile(r"\.\.\.([A-Z]\w+)")


@cache
def document(name: str) -> str:
    """An operation with all the fragments it needs."""
    texts = {name: _read(name)}
    wanted = [name]
    while wanted:
        for fragment in _SPREAD.findall(texts[wanted.pop()]):
            if fragment not in texts:
                texts[fragment] = _read(fragment)
                wanted.append(fragment)
    return "\n".join(texts.values())


@cache
def selection(name: str) -> str:
    """What an operation selects, in braces, with its fragments written out.

    Shopify does not say whether a bulk operation's query may have any.
    """
    text = _read(name)
    return _SPREAD.sub(lambda spread: selection(spread[1])[1:-1], text[text.index("{") :].rstrip())


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.graphql").read_text()
