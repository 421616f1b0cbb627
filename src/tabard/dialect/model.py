"""The values that translation takes and gives."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from tabard.fhir.json import Resource


class Event(StrEnum):
    """What a message means, whatever trigger its sender uses for it. Beside each stands HL7's own trigger."""

    admit = "admit"  # A01
    register_visit = "register_visit"  # A04: an outpatient, or a patient of the emergency department, has come
    pre_admit = "pre_admit"  # A05
    pend_admit = "pend_admit"  # A14
    pend_transfer = "pend_transfer"  # A15
    pend_discharge = "pend_discharge"  # A16
    cancel_pre_admit = "cancel_pre_admit"  # A38
    cancel_pend_admit = "cancel_pend_admit"  # A27
    cancel_pend_transfer = "cancel_pend_transfer"  # A26
    cancel_pend_discharge = "cancel_pend_discharge"  # A25
    transfer = "transfer"  # A02
    to_inpatient = "to_inpatient"  # A06
    to_outpatient = "to_outpatient"  # A07
    swap = "swap"  # A17: two patients change beds
    leave = "leave"  # A21
    return_from_leave = "return_from_leave"  # A22
    cancel_leave = "cancel_leave"  # A52
    cancel_return = "cancel_return"  # A53
    discharge = "discharge"  # A03
    update = "update"  # A08
    cancel_admit = "cancel_admit"  # A11
    cancel_transfer = "cancel_transfer"  # A12
    cancel_discharge = "cancel_discharge"  # A13
    delete_visit = "delete_visit"  # A23
    register = "register"  # A28
    update_person = "update_person"  # A31
    merge = "merge"  # A34, A40
    link_people = "link_people"  # A24
    unlink_people = "unlink_people"  # A37
    merge_visits = "merge_visits"  # A35, A42
    move_visits = "move_visits"  # A44, A45
    change_numbers = "change_numbers"  # A46, A47
    result = "result"  # ORU^R01
    order = "order"  # ORM^O01, OMG^O19
    appointment = "appointment"  # SIU^S12 to S26
    document = "document"  # MDM^T02
    ignored = "ignored"  # the dialect says that it is of no effect here


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
    top-level element, or one below `period`, `hospitalization` or `meta`, such as "period.end"; after a colon what of a list, such as
    "participant:ATND" (extensions by URL, telecoms by use, a general practitioner by type). Observation and DiagnosticReport
    are told whole by each message: there every element that was not sent is cleared. Nothing in a draft may be changed in
    place: what comes again with every message, a code or a ward, is made once and stands in many drafts.
    """

    resource: Resource
    cleared: frozenset[str] = frozenset()


class Flag(msgspec.Struct, frozen=True):
    """Something a person should look at. `place` is the field, such as "PID-7"; no value of the message is in it."""

    code: str
    place: str
    expected: str


class Ids(msgspec.Struct, frozen=True):
    """Whom and which visits a message is about, by the record's ids.

    `prior_patient_id` is the registration given up (merge), the one that visits are taken from (move_visits), or the one
    under its old number (change_numbers). `visit_id` is the Encounter that the message is about. `prior_visit_ids` are the
    visits given up (merge_visits) or moved (move_visits); in a move none means every visit of the prior patient.
    """

    patient_id: str
    prior_patient_id: str | None = None
    visit_id: str | None = None
    prior_visit_ids: tuple[str, ...] = ()


class Whole(msgspec.Struct, frozen=True):
    """A list that the message tells whole: what came by the link of `type` within `within`, and is not in the drafts, is over.

    `within` is the Encounter that they are of, as "Encounter/<id>", for a Condition or a Procedure; the Patient for an
    AllergyIntolerance.
    """

    type: str
    within: str


class Translation(msgspec.Struct, frozen=True):
    """One message in FHIR; drafts come with what they refer to before them.

    `occurred` (EVN-6, else EVN-2, else MSH-7) and `recorded` (EVN-2, else MSH-7) are aware and in UTC. What the ids mean,
    `Ids` says. `unmapped` names the places that held something which went nowhere: a field, "PV1-20", or a segment, "ZAL".
    `also` are the further patients of the message, each told as if alone: a swap, a link and an unlink are of two.
    `wholes` are the lists that it tells whole.
    """

    event: Event
    occurred: datetime | None
    patient_id: str
    prior_patient_id: str | None
    drafts: tuple[Draft, ...]
    flags: tuple[Flag, ...]
    recorded: datetime | None = None
    visit_id: str | None = None
    prior_visit_ids: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()
    also: tuple["Translation", ...] = ()
    wholes: tuple[Whole, ...] = ()
