"""What cannot be said in a dialect. No sentence holds a value of the resource: a place and what was looked for."""

from tabard.ground.errors import CallerError


class Unsayable(CallerError):  # noqa: N818  says what the resource is
    """The dialect has no word for what a resource says, or the resource lacks what a message must have."""

    def __init__(self, place: str, message: str, *, expected: str, remedy: str) -> None:
        super().__init__(message, where=place, expected=expected, remedy=remedy)
        self.place = place
