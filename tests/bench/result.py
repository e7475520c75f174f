"""One line of what `make bench` prints."""

import json
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Result:
    """A ratio is the peer's over ours for a time, and ours over the limit's against a limit."""

    name: str
    ours: float
    other: float | None
    ratio: float | None
    unit: str
    runs: int
    more: dict[str, float | int | str] = field(default_factory=dict)

    def line(self) -> str:
        """JSON, with what is `more` beside the rest."""
        row = asdict(self)
        row |= row.pop("more")
        return json.dumps({name: _short(value) for name, value in row.items()})


def _short(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value
