"""The values that translation takes and gives."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from tabard.fhir.json import Resource


class Event(StrEnum):
    """What a message means, whatever trigger its sender uses for it."""

    admit = "admit"
    transfer = "transfer"
    discharge = "discharge"
    update = "update"
    cancel_admit = "cancel_admit"
    cancel_transfer = "cancel_transfer"
    cancel_discharge = "cancel_discharge"
    register = "register"
    update_person = "update_person"
    merge = "merge"
    result = "result"


class PatientKey(msgspec.Struct, frozen=True):
    """What a message says of who the patient is: all that may be used to find the patient, and nothing else.

    `local` are pairs of identifier system (made from the assigning authority) and value, as in Patient.identifier.
    `nhs_number` is there only when it passes its check, is no placeholder, and is the only one. `birth_date` is a
    FHIR date (a year or month where no more was sent).
    """

    local: tuple[tuple[str, str], ...] = ()
    nhs_number: str | None = None
    birth_date: str | None = None
    family: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing here can find a patient."""
        return not self.local and self.nhs_number is None


class IdMaker(Protocol):
    """Gives the record's ids. What it raises passes through translation untouched."""

    def patient(self, key: PatientKey) -> str:
        """The id of the patient that the message is about."""

    def prior_patient(self, key: PatientKey) -> str:
        """The id of the patient that a merge gives up."""

    def other(self, type: str, *parts: str) -> str:  # noqa: A002  FHIR's own word for it
        """The id of a resource of `type` that the parts tell from all others."""


class Draft(msgspec.Struct, frozen=True):
    """A resource as one message tells it.

    An element that is not there was not sent: the old value stays. `cleared` names what the message empties: a
    top-level element, or one below `period` or `hospitalization`, such as "period.end"; after a colon what of a list, such as
    "participant:ATND" (extensions by URL, telecoms by use, a general practitioner by type). Observation and DiagnosticReport
    are told whole by each message: there every element that was not sent is cleared.
    """

    resource: Resource
    cleared: frozenset[str] = frozenset()


class Flag(msgspec.Struct, frozen=True):
    """Something a person should look at. `place` is the field, such as "PID-7"; no value of the message is in it."""

    code: str
    place: str
    expected: str


class Translation(msgspec.Struct, frozen=True):
    """One message in FHIR. `occurred` is aware and in UTC; drafts come with what they refer to before them."""

    event: Event
    occurred: datetime | None
    patient_id: str
    prior_patient_id: str | None
    drafts: tuple[Draft, ...]
    flags: tuple[Flag, ...]
