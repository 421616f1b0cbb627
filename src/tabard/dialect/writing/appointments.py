"""Appointments written: an Appointment as an SIU, by what became of it. Source: HL7 v2.4, chapter 10 "SIU"; FHIR R4, Appointment."""

from enum import StrEnum

from tabard.dialect.schema import Dialect
from tabard.dialect.writing.booked import booked
from tabard.dialect.writing.envelope import Envelope, Known, message
from tabard.dialect.writing.errors import Unsayable
from tabard.dialect.writing.numbers import own_number
from tabard.dialect.writing.patients import pid, pv1
from tabard.dialect.writing.reverse import word_for
from tabard.dialect.writing.values import coded, moment
from tabard.fhir.json import Resource
from tabard.hl7v2 import FieldValue, SegmentValue

_ENDED = frozenset({"cancelled", "entered-in-error", "noshow"})


class Change(StrEnum):
    """What became of an appointment that still stands, by the trigger that says so."""

    new = "S12"
    moved = "S13"
    changed = "S14"


def write_appointment(
    appointment: Resource, known: Known, envelope: Envelope, dialect: Dialect, change: Change
) -> bytes:
    """The message; an appointment that was cancelled, deleted or missed says so itself, whatever `change` says.

    Raises Unsayable where the dialect has no word for what the appointment says, Unwritable for a wrong charset.
    """
    trigger = _trigger(dialect, appointment["status"], change)
    body: list[SegmentValue] = [("SCH", _sch(dialect, appointment, envelope))]
    if comment := appointment.get("comment"):
        body.append(("NTE", {1: "1", 3: comment}))
    body += [pid(dialect, known.patient), *pv1(dialect, known.encounter), ("RGS", {1: "1"})]
    body += booked(dialect, appointment, known)
    return message(envelope, dialect, ("SIU", trigger, "SIU_S12"), body)


def _trigger(dialect: Dialect, status: str, change: Change) -> str:
    triggers = dialect.scheduling.triggers
    if status in _ENDED:
        return word_for(triggers, status, "MSH-9", "scheduling.triggers")
    if change not in triggers:
        raise Unsayable(
            "MSH-9",
            "The dialect does not know the trigger.",
            expected=f"one of {', '.join(triggers)}",
            remedy="Name it under [scheduling.triggers] in the dialect.",
        )
    return change.value


def _sch(dialect: Dialect, appointment: Resource, envelope: Envelope) -> dict[int, FieldValue]:
    rules = dialect.scheduling
    told: dict[int, FieldValue] = {
        1: own_number(appointment, rules.system, "PLAC", ""),
        2: own_number(appointment, rules.system, "FILL", envelope.sending_application),
        11: ("", "", "", *(_moment(dialect, appointment, name) for name in ("start", "end"))),
        25: word_for(rules.status, appointment["status"], "SCH-25", "scheduling.status"),
    }
    for n, concept in (
        (6, appointment.get("cancelationReason")),
        (7, next(iter(appointment.get("reasonCode", ())), None)),
        (8, appointment.get("appointmentType")),
    ):
        if concept:
            told[n] = coded(dialect, concept, f"SCH-{n}")
    if "minutesDuration" in appointment:
        told |= {
            9: str(appointment["minutesDuration"]),
            10: next((word for word, n in rules.duration_units.items() if n == 1), ""),
        }
    return told


def _moment(dialect: Dialect, appointment: Resource, name: str) -> str:
    return moment(dialect, appointment[name], "SCH-11") if name in appointment else ""
