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


class TooManyTries(CallerError):  # noqa: N818
    """Sign-in is closed for a while after too many wrong tries."""

    def __init__(self, wait_s: int) -> None:
        super().__init__("too many wrong tries to sign in", remedy=f"wait {wait_s} seconds and try again")
        self.wait_s = wait_s
