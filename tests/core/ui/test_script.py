import re
from collections import Counter
from pathlib import Path

import pytest

import core.ui.photo_grid
from core.ui.script import joined

BROWSER = Path(core.ui.photo_grid.__file__).parent / "browser"


def test_modules_come_after_what_they_import_and_once(tmp_path: Path) -> None:
    (tmp_path / "entry.js").write_text(
        'import { b } from "./b.js"\nimport { a } from "./a.js"\n\nexport default () => a + b\n'
    )
    (tmp_path / "a.js").write_text("export const a = 1\n")
    (tmp_path / "b.js").write_text('import { a } from "./a.js"\n\nexport const b = a + 1\n')

    script = joined(tmp_path / "entry.js")

    lines = [line for line in script.splitlines() if line]
    assert lines == ["const a = 1", "const b = a + 1", "export default () => a + b"]


def test_modules_may_import_each_other(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js"\nexport function a() {}\n')
    (tmp_path / "b.js").write_text('import { a } from "./a.js"\nexport function b() {}\n')

    script = joined(tmp_path / "a.js")

    assert "import" not in script
    assert script.count("function") == 2


def test_every_module_of_the_grid_is_in_its_script() -> None:
    script = joined(BROWSER / "photo_grid.js")

    assert "\nimport " not in script
    for module in BROWSER.glob("*.js"):
        assert module.read_text().splitlines()[0] in script


def test_no_name_stands_for_two_things_in_the_joined_script() -> None:
    script = joined(BROWSER / "photo_grid.js")

    names = Counter(re.findall(r"^(?:function|const|let) (\w+)", script, re.MULTILINE))

    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("word", ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write"])
def test_what_customers_wrote_cannot_become_markup(word: str) -> None:
    assert word not in joined(BROWSER / "photo_grid.js")
