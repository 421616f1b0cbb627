"""What the sandbox refuses to pretend, and what goes wrong with the peer it feeds."""

from tabard.ground.errors import CallerError, PeerError


class Inconsistent(CallerError):  # noqa: N818  the word a reader expects
    """What was asked cannot happen in a hospital: a bed holds one, and nobody lies in two."""


class Undelivered(PeerError):  # noqa: N818  the word a reader expects
    """A message was not acknowledged in the time given."""
