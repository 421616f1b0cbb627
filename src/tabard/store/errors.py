"""What can go wrong at the store, by whose fault it is."""

from tabard.ground.errors import CallerError, InternalError, NotFound


class FolderTaken(CallerError):  # noqa: N818  the word a reader expects
    """A store was initialised in this folder before."""


class NoStore(NotFound):
    """The folder holds no store."""


class EarlierForm(CallerError):  # noqa: N818
    """The folder's cases were kept in a form that this Tabard cannot read."""


class BadSettings(CallerError):  # noqa: N818
    """`store.toml`, or what was asked of `init`, cannot stand."""


class NotTaken(CallerError):  # noqa: N818
    """A submission is refused, or an enrolment: nothing was kept of it."""


class Unknown(CallerError):  # noqa: N818
    """Who asks is not known, or did not prove it."""


class NotYours(CallerError):  # noqa: N818
    """Who asks is known, and may not do this."""


class MovedOn(CallerError):  # noqa: N818
    """Somebody else changed the case, or it is past what was asked."""


class CheckerFailed(InternalError):  # noqa: N818
    """The checker ended without a report: it crashed, or took too long."""


class Stopped(InternalError):  # noqa: N818
    """The checker was told to stop: this says nothing of the package."""
