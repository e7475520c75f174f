import pytest

from core.ui.refusal_words import refusals


@pytest.mark.parametrize(
    ("text", "words", "quote"),
    [
        ("cannot_be_held: IN_PROGRESS", "does not let it be held: it is in progress.", ""),
        ("cannot_be_held", "does not let it be held.", ""),
        ("no_fulfillment_orders", "has not made anything to ship of it yet", ""),
        ("shipped_by_others", "permit read_third_party_fulfillment_orders", ""),
        (
            "refused: Already held; ask later",
            "refused what Loupe asked for",
            "Already held; ask later",
        ),
        ("access_denied: write_orders", "see the permissions", "write_orders"),
        ("locked: HTTP 423", "has locked the shop", ""),
        ("timeout: ReadTimeout", "did not answer in time. Loupe goes on trying.", ""),
        ("too_costly: What?", "does not know (too_costly)", "What?"),
        ("new_code: What?", "refused what Loupe asked for", "new_code: What?"),
        ("<b>No code", "refused what Loupe asked for", "<b>No code"),
    ],
)
def test_every_refusal_has_its_words(text: str, words: str, quote: str) -> None:
    (refusal,) = refusals(text)

    assert words in refusal.words
    assert refusal.quote == quote


def test_several_are_told_apart() -> None:
    first, second = refusals("refused: No; never; not: you; throttled: HTTP 429")

    assert first.quote == "No; never; not: you"
    assert second.words.startswith("Shopify has too many requests")
