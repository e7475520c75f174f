import tomllib
from pathlib import Path

from tests.bench.corpus import Part, Photograph


def photograph(name: str) -> Photograph:
    return Photograph(name, Path(f"{name}.jpg"), "owls", "CC0-1.0")


def listed() -> list[Photograph]:
    packages = tomllib.loads(Path(__file__).with_name("photographs.toml").read_text())["package"]
    return [photograph(name) for package in packages for name in package["photographs"]]


def test_a_photograph_never_changes_its_half() -> None:
    assert photograph("golden-retriever").part is Part.CHOOSE
    assert photograph("tabby-cat").part is Part.MEASURE


def test_both_halves_have_sixty_photographs_and_none_is_listed_twice() -> None:
    photographs = listed()

    parts = [photograph.part for photograph in photographs]

    assert len({photograph.name for photograph in photographs}) == len(photographs)
    assert min(parts.count(part) for part in Part) >= 60
