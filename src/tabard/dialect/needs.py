"""What an event needs of a message: a segment, a visit number that stays, a number that finds the patient; else it is refused."""

from tabard.dialect.errors import Reason, Untranslatable
from tabard.dialect.model import PatientKey
from tabard.dialect.parts import first_of
from tabard.dialect.reading import Reading
from tabard.fhir.json import Resource
from tabard.hl7v2 import Message, Segment

_PRIOR_VISIT = 5
_UNUSABLE = {
    "bad-nhs-number": "the NHS number fails its check",
    "placeholder-nhs-number": "the NHS number is a placeholder",
    "several-nhs-numbers": "it holds several NHS numbers",
    "unverified-nhs-number": "the NHS number is not verified",
    "no-authority": "a number comes without its assigning authority",
}


def required(message: Message | Reading, name: str) -> Segment:
    """The first segment of that name. Raises Untranslatable when there is none."""
    segment = message.first(name)
    if segment is None:
        raise Untranslatable(
            Reason.missing_segment,
            "The message lacks a segment that its event needs.",
            place=name,
            expected=f"a {name} segment",
            remedy=f"Have the sender send {name} with this event.",
        )
    return segment


def findable(reading: Reading, key: PatientKey, place: str) -> PatientKey:
    """The key itself. Raises Untranslatable when nothing in it can find a patient; `place` is where it was looked for."""
    if key.is_empty:
        why = [_UNUSABLE[flag.code] for flag in reading.flags if flag.code in _UNUSABLE]
        raise Untranslatable(
            Reason.no_patient_identifier,
            f"No number in the message may be used to find the patient: {', and '.join(why) or 'it holds none'}.",
            place=place,
            expected="a number with its assigning authority, or one NHS number that passes its check",
            remedy="Have the sender send the patient's own number, or tell the dialect where it is.",
        )
    return key


def same_visit_number(message: Message | Reading, visit: Resource) -> None:
    """Raises Untranslatable when the event gives the visit another number: the patient would lie in two places."""
    mrg = message.first("MRG")
    prior_number = first_of(mrg.field(_PRIOR_VISIT)).part(1) if mrg is not None else ""
    if prior_number and prior_number != visit["value"]:
        raise Untranslatable(
            Reason.unsupported_event,
            "The event gives a visit another number.",
            place="MRG-5",
            expected="the number in the field of the visit number, or nothing",
            remedy="Have the sender keep a visit's number, or end the old visit and begin the new one.",
        )
