"""What a database does to those who use it."""

from tabard.ground.errors import InternalError, PeerError


class DatabaseAway(PeerError):  # noqa: N818  the word a reader expects
    """The database cannot be reached, or broke off: nothing of the transaction was kept, or none was begun.

    It may be back at the next try.
    """


class DatabaseRefused(InternalError):  # noqa: N818  the word a reader expects
    """The database did not carry out a statement; the values in it are not told."""
