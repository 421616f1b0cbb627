"""What a search is refused for."""

from typing import Literal

from tabard.ground.errors import CallerError

Reason = Literal["form", "unsupported", "costly", "forbidden"]
"""`form`: not as the standard writes it; `unsupported`: not carried out here; `costly`: too much at once; `forbidden`:
it goes through what the caller may not see."""


class BadSearch(CallerError):  # noqa: N818  the word a reader expects
    """The search cannot be carried out as it was asked; nothing of it was ignored."""

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        got: str | None = None,
        remedy: str | None = None,
        reason: Reason = "form",
    ) -> None:
        super().__init__(message, where=where, expected=expected, got=got, remedy=remedy)
        self.reason: Reason = reason
