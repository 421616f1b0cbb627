"""The rows of a statement that were read whole, with the face of apsw's cursor."""

from collections.abc import Iterator, Sequence
from typing import Any


class Rows:
    """Rows that were read; `status` is what the server said of the statement, where it said something."""

    __slots__ = ("_rows", "status")

    def __init__(self, rows: Sequence[tuple[Any, ...]], status: str | None = None) -> None:
        self._rows = rows
        self.status = status

    @property
    def get(self) -> Any:
        """The first row, its one value where it has but one; None where there is none."""
        if not self._rows:
            return None
        row = self._rows[0]
        return row[0] if len(row) == 1 else row

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)
