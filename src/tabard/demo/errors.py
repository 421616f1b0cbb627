"""What a story that does not come true raises."""

from tabard.ground.errors import InternalError


class Failed(InternalError):  # noqa: N818  the word a reader expects
    """What a step of the story promised did not come true."""
