"""What can go wrong at signing in."""

from tabard.ground.errors import CallerError


class TooManyTries(CallerError):  # noqa: N818  the word a reader expects
    """Sign-in is closed for a while after too many wrong tries."""

    def __init__(self, wait_s: int) -> None:
        super().__init__("too many wrong tries to sign in", remedy=f"wait {wait_s} seconds and try again")
        self.wait_s = wait_s
