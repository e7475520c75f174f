import pytest

from core.web.receiving import clean_file_name


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("Rex.jpg", "Rex.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Carl\\Rex.jpg", "Rex.jpg"),
        ("Rex\0\r\nSet-Cookie: a=b.jpg", "RexSet-Cookie: a=b.jpg"),
        ("\u202egpj.xeR", "gpj.xeR"),  # would be read from right to left
        ("  Rex   am\tStrand .heic", "Rex amStrand .heic"),
        ("x" * 300 + ".jpeg", "x" * 114 + "….jpeg"),
        ("x" * 300, "x" * 119 + "…"),
        ("..", None),
        ("", None),
    ],
)
def test_a_file_name_is_cleaned(name: str, cleaned: str | None) -> None:
    assert clean_file_name(name) == cleaned
