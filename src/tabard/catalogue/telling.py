"""Each way in which a catalogue can fail, told as one sentence with its remedy."""

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    SlowRetrievalError,
    UnsignedMetadataError,
)
from tuf.api.serialization import DeserializationError

from tabard.catalogue.errors import Fault, Untrusted
from tabard.catalogue.source import OtherChannel

_MISSING = {403, 404}
_KEPT = "what is installed goes on, nothing new is installed"
_TOLD = {
    Fault.rolled_back: (
        "the catalogue is older than one that was seen here before",
        "an edition at least as new as the last",
        f"{_KEPT}; ask the centre whether its catalogue was restored from an old copy, and suspect a mirror",
    ),
    Fault.out_of_date: (
        "the catalogue's word is out of date",
        "a signature that still holds",
        f"{_KEPT}; check this machine's clock, then ask the centre: its store may be down, or an old edition is handed out",
    ),
    Fault.mixed_up: (
        "the catalogue is put together from files of different editions",
        "files of one edition",
        f"{_KEPT}; try again in a minute, then suspect the mirror",
    ),
    Fault.not_signed: (
        "the catalogue is not signed by those who may",
        "signatures of the role's own keys, as many as it needs",
        f"{_KEPT}; tell the centre at once: somebody else may be writing",
    ),
    Fault.unreadable: (
        "the catalogue cannot be read",
        "TUF 1.0 metadata as JSON",
        f"{_KEPT}; check the address, then tell the centre",
    ),
    Fault.wrong_bytes: (
        "the bytes are not those that the catalogue names",
        "the listed size and SHA-256",
        "nothing was kept of it; try again, then suspect the mirror",
    ),
    Fault.missing: (
        "a file of the catalogue is not there",
        "the file",
        f"{_KEPT}; check the address, then tell the centre",
    ),
    Fault.too_large: (
        "a file of the catalogue is larger than it may be",
        "no more bytes than announced",
        "nothing was kept of it; suspect the mirror, tell the centre",
    ),
    Fault.too_slow: (
        "the catalogue answers too slowly",
        "whole files in time",
        f"{_KEPT}; it is tried again; check the way to the centre",
    ),
    Fault.unreachable: (
        "the catalogue cannot be reached",
        "an answer",
        f"{_KEPT}; it is tried again; check the address and the way to the centre",
    ),
    Fault.other_channel: (
        "the catalogue was signed for another channel than this site is pinned to",
        "a snapshot and a timestamp of this site's channel",
        f"{_KEPT}; carry an export of the right channel, or pin the other one: `tabard hospital trust --channel`",
    ),
    Fault.wrong_clock: (
        "the catalogue was signed later than this machine's clock shows",
        "a clock that shows the moment of the signature, or a later one",
        f"{_KEPT}; recalls that it brought are obeyed; set this machine's clock right",
    ),
}
_KINDS = (
    (ExpiredMetadataError, Fault.out_of_date),
    (UnsignedMetadataError, Fault.not_signed),
    (DeserializationError, Fault.unreadable),
    (DownloadLengthMismatchError, Fault.too_large),
    (SlowRetrievalError, Fault.too_slow),
    (OtherChannel, Fault.other_channel),
    (DownloadError, Fault.unreachable),
    (RepositoryError, Fault.mixed_up),
)
"""The special before the general. What is no kind of these is not understood, and so not believed."""


def untrusted(reason: Fault, where: str, got: str) -> Untrusted:
    """The error of this reason, about that file."""
    message, expected, remedy = _TOLD[reason]
    return Untrusted(reason, message, where=where, expected=expected, got=got, remedy=remedy)


def told(fault: Exception, asked: str) -> Untrusted:
    """What python-tuf or the way to the catalogue raised, the file `asked` for being the last one read."""
    return untrusted(_reason(fault, asked), asked, str(fault) or type(fault).__name__)


def _reason(fault: Exception, asked: str) -> Fault:
    match fault:
        case BadVersionNumberError():
            is_first_to_tell = asked.endswith(("/timestamp.json", ".snapshot.json"))
            return Fault.rolled_back if is_first_to_tell else Fault.mixed_up
        case LengthOrHashMismatchError():
            return Fault.mixed_up if asked.startswith("metadata/") else Fault.wrong_bytes
        case DownloadHTTPError() if fault.status_code in _MISSING:
            return Fault.missing
        case _:
            return next((reason for kind, reason in _KINDS if isinstance(fault, kind)), Fault.unreadable)
