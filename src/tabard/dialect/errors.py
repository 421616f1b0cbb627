"""What translation refuses: a message that must not be filed.

No sentence quotes a message: place and rule are told, never the patient's data.
"""

from enum import StrEnum

from tabard.ground.errors import CallerError


class Reason(StrEnum):
    """Why a message is not translated; the code under which it is parked."""

    unsupported_event = "unsupported_event"
    no_patient_identifier = "no_patient_identifier"
    no_visit_number = "no_visit_number"
    missing_segment = "missing_segment"
    no_number = "no_number"
    wrong_version = "wrong_version"
    several_patients = "several_patients"
    merge_with_itself = "merge_with_itself"
    foreign_sender = "foreign_sender"
    kept_out = "kept_out"
    test_message = "test_message"
    refused_by_dialect = "refused_by_dialect"


class Untranslatable(CallerError):  # noqa: N818  says what the message is
    """The message is readable, and filing it would mean guessing. `place` is the segment or field, such as "PV1-19".

    `got` is shown to people and must be nothing that may be of a patient.
    """

    def __init__(
        self, reason: Reason, message: str, *, place: str, expected: str, remedy: str, got: str | None = None
    ) -> None:
        super().__init__(message, where=place, expected=expected, got=got, remedy=remedy)
        self.reason = reason
        self.place = place
