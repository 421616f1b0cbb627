"""What is refused of a table: a file that is no dialect."""

from collections.abc import Sequence

from tabard.dialect.table.faults import Fault
from tabard.ground.errors import CallerError


class BadDialect(CallerError):  # noqa: N818  says what the file is
    """A dialect file breaks the schema; `faults` are all that were found."""

    def __init__(self, where: str, faults: Sequence[Fault]) -> None:
        told = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(
            f"The dialect has {len(faults)} fault{'s' if len(faults) > 1 else ''}:\n{told}",
            where=where,
            remedy="Mend each key named; the shipped dialects show every key there is.",
        )
        self.faults = tuple(faults)
