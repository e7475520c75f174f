"""Ids of rows in the addresses of our routes."""

from starlette.convertors import Convertor, register_url_convertor

#: As far as the database counts.
LARGEST_ID = 2**63 - 1
_DIGITS = len(str(LARGEST_ID))


class _Id(Convertor[int]):
    """What can be nobody's id is 0, which is nobody's: a route answers it as any that is unknown.

    Never read as a number before: Python refuses one of more than 4,300 digits.
    """

    regex = "[0-9]+"

    def convert(self, value: str) -> int:
        id_ = int(value) if len(value) <= _DIGITS else 0
        return id_ if id_ <= LARGEST_ID else 0

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("id", _Id())

#: Parts of routes' paths.
PHOTO_ID = "{photo_id:id}"
DATA_REQUEST_ID = "{data_request_id:id}"
SHOP_ID = "{shop_id:id}"
