"""The demo shop's schema is Shopify's, and what we ask is in it. Fetches the pinned npm package."""

import gzip
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLSchema, NoDeprecatedCustomRule, parse, specified_rules, validate

from core.demo import access, schema
from core.integrations.shopify.documents import document
from tests.schema.packages import pinned

pytestmark = pytest.mark.schema

PACKAGE = "@shopify/dev-mcp@1.16.0"
SHA256 = "4663c79229028e98f825a09d5f04ec6c3736331b740ce50260f9ffac10709474"
#: The one that we ask for, the one before, and what is coming.
VERSIONS = ("2026-07", schema.API_VERSION, "unstable")
ROOT = Path(__file__).parents[2]
DOCUMENTS = ROOT / "core/integrations/shopify/documents"
OPERATIONS = sorted(path.stem for path in DOCUMENTS.glob("[a-z]*.graphql"))


def unpacked(version: str, folder: Path) -> Path:
    """Shopify's own schema of a version."""
    path = folder / f"admin_{version}.json.gz"
    with tarfile.open(pinned(PACKAGE, SHA256)) as files:
        member = files.extractfile(f"package/dist/data/{path.name}")
        assert member is not None
        path.write_bytes(member.read())
    return path


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(schema.API_VERSION, tmp_path_factory.mktemp("schema"))


@pytest.fixture(scope="module", params=VERSIONS)
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> GraphQLSchema:
    return schema.full_schema(unpacked(request.param, tmp_path_factory.mktemp("schema")))


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
