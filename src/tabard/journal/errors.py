"""What goes wrong in the journal."""

from tabard.ground.errors import InternalError


class JournalFault(InternalError):  # noqa: N818  a fault of ours, in the words of the house
    """The journal could not write: what was not committed must not be acknowledged as taken."""
