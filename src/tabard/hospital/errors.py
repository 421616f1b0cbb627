"""What can go wrong in a hospital, by whose fault it is."""

from tabard.ground.errors import CallerError, NotFound


class FolderTaken(CallerError):  # noqa: N818  the word a reader expects
    """A hospital was initialised in this folder before."""


class NoHospital(NotFound):
    """The folder holds no hospital."""


class BadSettings(CallerError):  # noqa: N818
    """`hospital.toml`, or what was asked of `init`, cannot stand."""


class BadProduct(CallerError):  # noqa: N818
    """A product cannot be installed as it is."""
