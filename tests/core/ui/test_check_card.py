import ast
from collections.abc import Iterator
from pathlib import Path

import core
from core.errors import PictureRefused
from core.ui import check_card

INTEGRATIONS = Path(core.__file__).parent / "integrations"
#: Those that a photo goes through from its address to the storage.
ON_THE_WAY = ("download", "guard", "intake", "pictures", "storage", "decoder/client")
#: Noted by services: no photo where one is needed, and a job that died for good.
NOTED = {"missing", "gave_up"}


def words_in(node: ast.AST) -> set[str]:
    return {
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def raised(module: str) -> Iterator[str]:
    """The codes of all outages that a module raises."""
    for node in ast.walk(ast.parse((INTEGRATIONS / f"{module}.py").read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Unavailable":
            code = node.args[0]
            # Said by the decoder's process, in its own words.
            yield from said_by_the_decoder() if isinstance(code, ast.Attribute) else words_in(code)


def said_by_the_decoder() -> Iterator[str]:
    for node in ast.walk(ast.parse((INTEGRATIONS / "decoder/child.py").read_text())):
        if isinstance(node, ast.Dict) and words_in(node) & {"unavailable"}:
            yield from words_in(node) - {"unavailable"}


def test_whatever_a_photo_can_fail_with_has_words_of_its_own() -> None:
    outages = {code for module in ON_THE_WAY for code in raised(module)}
    refusals = {refusal.code for refusal in PictureRefused.__subclasses__()}
    assert {"disk_full", "decoder", "connection", "forbidden_address"} < outages

    assert set(check_card.WORDS) == outages | refusals | NOTED
    assert len(set(check_card.WORDS.values())) == len(check_card.WORDS)
