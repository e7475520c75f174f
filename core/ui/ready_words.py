"""What is said of photos that are handed over, and of orders that are not."""

from collections.abc import Mapping, Sequence

from core.queries.not_ready import LeftOut, NotReady
from core.queries.ready import PrintFile

NOT_READY: Mapping[NotReady, str] = {
    NotReady.DELETED: "it was deleted in Shopify meanwhile",
    NotReady.CANCELLED: "it was cancelled meanwhile",
    NotReady.FORGOTTEN: "its customer was forgotten meanwhile",
    NotReady.OPEN: "its photos are being looked at again",
    NotReady.SHIPPED: "it was shipped meanwhile",
    NotReady.TAKEN: "somebody else has handed it over meanwhile",
    NotReady.CHANGED: "its photos have changed meanwhile",
}

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


def left_out(order: LeftOut) -> str:
    return f"{order.name}: {NOT_READY[order.why]}. Nothing of it is in here."


def no_original(file: PrintFile) -> str:
    return f"{_called(file)}: its file is missing. It is in no folder here."


def no_copy(file: PrintFile, original_name: str) -> str:
    return f"{_called(file)}: no copy to print could be made. Its original is here: {original_name}"


def _called(file: PrintFile) -> str:
    return f"{file.order}, photo {file.number}, {file.product}"
