"""Why a catalogue is not believed: each way to cheat or to fail has a name of its own."""

from enum import StrEnum, unique

from tabard.ground.errors import CallerError, PeerError


@unique
class Fault(StrEnum):
    """What is wrong with a catalogue, or with the way to it."""

    rolled_back = "rolled_back"
    out_of_date = "out_of_date"
    mixed_up = "mixed_up"
    not_signed = "not_signed"
    unreadable = "unreadable"
    wrong_bytes = "wrong_bytes"
    missing = "missing"
    too_large = "too_large"
    too_slow = "too_slow"
    unreachable = "unreachable"
    other_channel = "other_channel"
    wrong_clock = "wrong_clock"


class Untrusted(PeerError):  # noqa: N818  the word a reader expects
    """The catalogue, or what came with it, is not believed; `reason` says why. What was known before still holds."""

    def __init__(self, reason: Fault, message: str, *, where: str, expected: str, got: str, remedy: str) -> None:
        super().__init__(message, where=where, expected=expected, got=got, remedy=remedy)
        self.reason = reason


class NotPublished(CallerError):  # noqa: N818  the word a reader expects
    """What was to be written into the catalogue is not fit to stand there."""
