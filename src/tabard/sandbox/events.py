"""What happens in a pretend hospital, as values; each carries all that its message tells."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tabard.sandbox.appointments import Appointment, Letter
from tabard.sandbox.laboratory import Report
from tabard.sandbox.layout import Clinician, Place
from tabard.sandbox.people import Person


class Kind(StrEnum):
    """What happened, by the trigger that tells it."""

    admitted = "A01"
    moved = "A02"
    discharged = "A03"
    updated = "A08"
    admission_cancelled = "A11"
    move_cancelled = "A12"
    discharge_cancelled = "A13"
    registered = "A28"
    person_updated = "A31"
    merged = "A40"
    reported = "R01"
    pre_admitted = "A05"
    pre_admission_cancelled = "A38"
    move_pending = "A15"
    move_pending_cancelled = "A26"
    discharge_pending = "A16"
    discharge_pending_cancelled = "A25"
    left_on_leave = "A21"
    back_from_leave = "A22"
    swapped = "A17"
    visits_merged = "A35"
    visit_moved = "A44"
    booked = "S12"
    rebooked = "S13"
    appointment_cancelled = "S15"
    not_attended = "S26"
    written = "T02"


@dataclass(frozen=True, slots=True)
class Stay:
    """A visit: where the patient lies, under whom, since when; `earlier` is the stay as it was before the latest move.

    `discharged` is None while the patient is in. Times are aware.
    """

    visit: str
    place: Place
    consultant: Clinician
    specialty: str
    admitted: datetime
    discharged: datetime | None = None
    earlier: "Stay | None" = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened `at` a time to a person.

    `before` is the bed named as prior: the one left by a move, or the one never taken when a move is cancelled.
    `absorbed` is the number that ended in a merge, or whose visit goes to another; `absorbed_visit` is the visit that ended in
    one of visits, or that goes. `pending` is the bed, or the time, that is to come. `other` is the second patient of a swap.
    """

    kind: Kind
    at: datetime
    person: Person
    stay: Stay | None = None
    before: Place | None = None
    absorbed: str | None = None
    report: Report | None = None
    absorbed_visit: str | None = None
    pending: Place | datetime | None = None
    other: "tuple[Person, Stay] | None" = None
    appointment: Appointment | None = None
    letter: Letter | None = None
