"""The one tree of errors; whose fault it is stands in the type.

TabardError
├── CallerError      the caller's input is wrong (a person, a file, a request)
│   └── NotFound     what was named does not exist here
├── ProductError     a product broke its word
├── PeerError        an EHR, another service or the network failed
└── InternalError    our own fault

Rooms derive their own errors from these in their `errors.py`. A verdict is a value and never an error.
"""


class TabardError(Exception):
    """Something went wrong, told so that the reader knows what to do next.

    `message` says what happened; `where` names file, line, field or clause; `expected` and `got` say what
    was looked for and found; `remedy` says what to do. None of them may hold patient data.
    """

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        got: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.expected = expected
        self.got = got
        self.remedy = remedy

    def __str__(self) -> str:
        told = [self.message if self.where is None else f"{self.where}: {self.message}"]
        told += [
            f"{label}: {value}"
            for label, value in (("expected", self.expected), ("got", self.got), ("remedy", self.remedy))
            if value is not None
        ]
        return "; ".join(told)


class CallerError(TabardError):
    """The caller's input is wrong."""


class NotFound(CallerError):  # noqa: N818  the word a reader expects
    """What was named does not exist here."""


class ProductError(TabardError):
    """A product broke its word."""


class PeerError(TabardError):
    """An EHR, another service or the network failed."""


class InternalError(TabardError):
    """Our own fault."""
