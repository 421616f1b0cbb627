"""Why a message waits for a person: the reasons that applying gives, each with its sentence and remedy.

None of the texts holds anything of a message.
"""

from enum import StrEnum

from tabard.ground.errors import CallerError


class ParkedReason(StrEnum):
    """Why a message that can be read and translated is not applied. The dialect's reasons stand beside these."""

    ambiguous_patient = "ambiguous_patient"
    beyond_bounds = "beyond_bounds"
    internal_error = "internal_error"
    merge_conflict = "merge_conflict"
    no_patient_identifier = "no_patient_identifier"
    result_of_another_patient = "result_of_another_patient"
    unknown_link = "unknown_link"
    unknown_patient = "unknown_patient"
    unreadable = "unreadable"
    visit_of_another_patient = "visit_of_another_patient"


class Parked(CallerError):  # noqa: N818  says what becomes of the message
    """The message is kept and not applied; `reason` is told in words by the message and the remedy."""

    def __init__(self, reason: ParkedReason) -> None:
        sentence, remedy = TOLD[reason]
        super().__init__(sentence, remedy=remedy)
        self.reason = reason


TOLD: dict[ParkedReason, tuple[str, str]] = {
    ParkedReason.ambiguous_patient: (
        "The identifiers in this message fit more than one patient, or contradict each other.",
        "Compare the message's identifiers, NHS number and birth date with the record system; merge duplicates or correct them there, then have the message sent again.",
    ),
    ParkedReason.beyond_bounds: (
        "This message has more segments, or more repetitions in one segment, than any hospital sends; it was not read.",
        "Look at the message at its sender: it is mostly a fault there. What it was to say must be sent in several messages.",
    ),
    ParkedReason.internal_error: (
        "Tabard failed on this message; the fault is ours.",
        "Report it with the message's number in the journal and the name of the fault; the message is kept whole.",
    ),
    ParkedReason.merge_conflict: (
        "This merge contradicts an earlier one: who is given up was given up for somebody else, or is who survived.",
        "Find out in the record system which of the two merges is right, and have the right one sent again.",
    ),
    ParkedReason.no_patient_identifier: (
        "Nothing in this message says whom it is about.",
        "Have the message sent again with the patient's number in PID-3.",
    ),
    ParkedReason.result_of_another_patient: (
        "This result's number was used before for another patient.",
        "Ask the laboratory which patient the number belongs to; the earlier result was left as it is.",
    ),
    ParkedReason.unknown_link: (
        "The link that took this message is no longer set up, so its dialect is not known.",
        "Add the link again under the same name with `tabard link add`.",
    ),
    ParkedReason.unknown_patient: (
        "A result for a patient who is not known here; results never register a patient.",
        "Have the patient's registration (A28 or A31) or admission sent, then the result again.",
    ),
    ParkedReason.unreadable: (
        "This is not an HL7 v2 message that can be read.",
        "Look at the message at its sender: it begins with MSH and is in the character set that MSH-18 names.",
    ),
    ParkedReason.visit_of_another_patient: (
        "This message's visit number belongs to another patient, and no merge explains it.",
        "Check in the record system whose visit it is; when patients were merged, have the merge (A40) sent first, then this message again.",
    ),
}
"""Reason: what happened, and what to do."""
