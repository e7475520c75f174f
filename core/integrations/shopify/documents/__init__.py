"""The GraphQL that we send, one file per operation or fragment, the fragment's named like it."""

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_SPREAD = re.compile(r"\.\.\.([A-Z]\w+)")


@cache
def document(name: str) -> str:
    """An operation with all the fragments it needs."""
    texts = {name: (_FOLDER / f"{name}.graphql").read_text()}
    wanted = [name]
    while wanted:
        for fragment in _SPREAD.findall(texts[wanted.pop()]):
            if fragment not in texts:
                texts[fragment] = (_FOLDER / f"{fragment}.graphql").read_text()
                wanted.append(fragment)
    return "\n".join(texts.values())
