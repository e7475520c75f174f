"""Our GraphQL against Shopify's schema, as far as the demo shop carries it."""

from pathlib import Path

import pytest
from graphql import NoDeprecatedCustomRule, parse, validate

from core.demo.schema import admin_schema
from core.integrations.shopify import documents

FILES = sorted(Path(documents.__file__).parent.glob("*.graphql"))
OPERATIONS = [path.stem for path in FILES if path.stem[0].islower()]


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_document_fits_the_schema_and_asks_for_nothing_deprecated(name: str) -> None:
    document = parse(documents.document(name))

    assert validate(admin_schema(), document) == []
    assert validate(admin_schema(), document, [NoDeprecatedCustomRule]) == []


def test_every_file_is_used() -> None:
    sent = "".join(documents.document(name) for name in OPERATIONS)

    for path in FILES:
        assert path.read_text() in sent
