"""Why a message waits for a person, waits for something else, or rightly has no effect: each reason with its sentence and remedy.

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
    number_in_use = "number_in_use"
    result_of_another_patient = "result_of_another_patient"
    stuck = "stuck"
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


OF_IDENTITY = frozenset({ParkedReason.ambiguous_patient})
"""Reasons of which nobody knows whom the message is about: what follows under its numbers is held behind it."""


class WaitingReason(StrEnum):
    """What a held message waits for. It is given again by itself."""

    behind = "behind"
    """An earlier message about the same person, so that order is kept."""
    patient_not_known = "patient_not_known"
    """The registration or admission of whom it is about."""
    retry = "retry"
    """Something that was busy."""


class NoEffectReason(StrEnum):
    """Why a message that was understood changes nothing."""

    ignored = "ignored"
    """The link's dialect says that such messages are of no matter here."""
    rejected = "rejected"
    """A person decided that it is to have no effect."""
    stale = "stale"
    """All that it says was told anew since."""


class NotKnown(Exception):  # noqa: N818  says what is so
    """The patient whom the message is about is not known here, and it is not one that makes patients known."""


class Behind(Exception):  # noqa: N818  says what is so
    """An earlier message about the same person waits: this one waits behind it, held under `key`."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self.key = key


class Transient(Exception):  # noqa: N818  says what is so
    """Something that a message needs is busy or does not answer; tried again, it may well be there."""


def told_in_words(reason: WaitingReason | NoEffectReason) -> str:
    """The reason in a sentence."""
    return _IN_WORDS[reason]


_IN_WORDS: dict[WaitingReason | NoEffectReason, str] = {
    WaitingReason.behind: "An earlier message about this person waits; this one is filed after it.",
    WaitingReason.patient_not_known: "This patient is not known here yet; it is filed when the registration or admission comes.",
    WaitingReason.retry: "Something that was needed was busy; it is tried again.",
    NoEffectReason.ignored: "The link's dialect says that such messages are of no matter here.",
    NoEffectReason.rejected: "A person decided that this message is to have no effect.",
    NoEffectReason.stale: "All that it says was told anew by messages that were recorded later.",
}

OTHERS_WAIT = "What came since under the same numbers waits behind it."
"""Said beside the remedy, where it is so."""

TOLD: dict[ParkedReason, tuple[str, str]] = {
    ParkedReason.ambiguous_patient: (
        "The identifiers in this message fit more than one patient, or contradict each other.",
        "Compare the message's identifiers, NHS number and birth date with the record system; then say on this message's own page whose it is.",
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
    ParkedReason.number_in_use: (
        "This message gives a patient a number that is another patient's.",
        "Find out in the record system whose the number is; where both are one person, have the merge (A40) sent.",
    ),
    ParkedReason.result_of_another_patient: (
        "This result's number was used before for another patient.",
        "Ask the laboratory which patient the number belongs to; the earlier result was left as it is.",
    ),
    ParkedReason.stuck: (
        "Something that this message needs was busy each time that it was tried.",
        "See the links page for what does not answer; mend it there, then replay the message.",
    ),
    ParkedReason.unknown_link: (
        "The link that took this message is no longer set up, so its dialect is not known.",
        "Add the link again under the same name with `tabard link add`.",
    ),
    ParkedReason.unknown_patient: (
        "It is about a patient who has not become known here in time; results, orders, appointments and documents register nobody.",
        "Have the patient's registration (A28 or A31) or admission sent, then replay this message.",
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
