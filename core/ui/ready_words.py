"""What stands in the lists that go with the photos that are handed over."""

from collections.abc import Sequence

from core.queries.ready import PrintFile

#: With these a spreadsheet would take a text for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    *("Order", "Placed", "Customer", "Product", "Variant", "Quantity", "Photo"),
    *("Width", "Height", "Print file", "Original", "Customer's file name"),
)


def row(file: PrintFile, print_name: str, original_name: str) -> Sequence[str]:
    cells = (
        *(file.order, f"{file.placed_at:%Y-%m-%d}", file.customer, file.product, file.variant),
        *(str(file.quantity), str(file.number), str(file.width), str(file.height)),
        *(print_name, original_name, file.file_name),
    )
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]


def no_original(file: PrintFile) -> str:
    return f"{_called(file)}: its file is missing. It is in no folder here."


def no_copy(file: PrintFile, original_name: str) -> str:
    return f"{_called(file)}: no copy to print could be made. Its original is here: {original_name}"


def _called(file: PrintFile) -> str:
    return f"{file.order}, photo {file.number}, {file.product}"
