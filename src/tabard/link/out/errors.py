"""What the sending side refuses."""

from tabard.ground.errors import CallerError


class Unsendable(CallerError):  # noqa: N818  the word a reader expects
    """The message cannot be put into the queue as it is. Nothing of it is told."""
