"""Why nothing was opened.

CallerError
└── NotOpened  the address, the person or the patient does not fit; `reason` is a word for the audit

No text holds anything of a patient.
"""

from tabard.ground.errors import CallerError

AGAIN = "Go back to the record system, make sure that the right patient is open, and open Tabard from there again."
LOOK = "Open the portal and search for the patient there, or look in the record system itself."
STAFF = "Tell whoever runs Tabard at this hospital: your number in the record system must be one that the record here knows."


class NotOpened(CallerError):  # noqa: N818  says what happened
    """Nothing was opened, and no session begun. `status` is HTTP's; `person` is who tried it, where that was known by then."""

    person: str | None = None

    def __init__(self, reason: str, message: str, *, status: int = 403, remedy: str = AGAIN) -> None:
        super().__init__(message, remedy=remedy)
        self.reason = reason
        self.status = status
