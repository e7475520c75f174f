"""The rules of `core/`: layers import downwards, and every page guards itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Each layer may import itself and the layers before it.
LAYERS = [
    ["core.config", "core.errors"],
    [
        "core.findings",
        "core.models",
        "core.db",
        "core.schema",
        "core.queue",
        "core.sealing",
        "core.integrations",
    ],
    ["core.queries", "core.services"],
    ["core.arrivals", "core.clients", "core.jobs"],
    ["core.ui", "core.web"],
]
# How Loupe is installed, started and tried out: they stand beside the layers and may use all of
# them, and nothing in a layer knows them.
BESIDE = [
    "core.__main__",
    "core.commands",
    "core.demo",
    "core.embedded",
    "core.postgres_user",
    "core.processes",
    "core.run",
    "core.running",
    "core.supervisor",
]


def level(module: str) -> int:
    for number, layer in enumerate(LAYERS):
        if any(module == name or module.startswith(f"{name}.") for name in layer):
            return number
    if any(module == name or module.startswith(f"{name}.") for name in BESIDE):
        return len(LAYERS)
    raise AssertionError(f"{module} belongs to no layer")


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "core":
            yield from (f"core.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize(
    "path",
    [
        path
        for path in sorted((ROOT / "core").rglob("*.py"))
        if path.name != "__init__.py" and "migrations" not in path.parts
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_module_imports_only_from_its_layer_and_below(path: Path) -> None:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for name in imported(ast.parse(path.read_text())):
        if name.startswith("core."):
            assert level(name) <= level(module), f"{module} imports {name}"


@pytest.mark.parametrize("path", sorted((ROOT / "pages").rglob("*.py")), ids=lambda path: path.name)
def test_a_page_guards_itself_before_anything_else(path: Path) -> None:
    statements = [
        node
        for node in ast.parse(path.read_text()).body
        if not isinstance(node, ast.Import | ast.ImportFrom)
    ]
    if path.name == "my_photos.py":
        # It only chooses between what asks for itself which orders somebody may see.
        drawn = ast.unparse(statements[-1])
        assert "customer_order.draw(" in drawn
        assert "entered := customer_entrance.draw()" in drawn
    else:
        assert "auth.guard" in ast.unparse(statements[0])


@pytest.mark.parametrize(
    "path", sorted((ROOT / "core" / "integrations").rglob("*.py")), ids=lambda path: path.name
)
def test_an_integration_knows_no_database(path: Path) -> None:
    known = set(imported(ast.parse(path.read_text())))

    assert not {name for name in known if name.startswith(("core.db", "core.models", "sqlalchemy"))}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "core" / "services").rglob("*.py")), ids=lambda path: path.name
)
def test_a_service_leaves_the_commit_to_its_caller(path: Path) -> None:
    calls = [
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]

    assert "commit" not in calls


def test_only_one_module_opens_what_customers_send() -> None:
    openers = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "core").rglob("*.py")
        if "Image.open(" in path.read_text() and "demo" not in path.parts
    }

    # The mail's pictures are our own derivatives.
    assert openers == {"core/integrations/decoder/opening.py", "core/integrations/mail.py"}


@pytest.mark.parametrize(
    "path",
    [
        path
        for folder in ("core", "pages")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "versions" not in path.parts
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_file_can_be_read_in_one_go(path: Path) -> None:
    longest = 90 if path.parent.name == "pages" else 320

    assert len(path.read_text().splitlines()) <= longest
