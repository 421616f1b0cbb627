"""What became of a write to the EHR, in words that a clinician and whoever runs the link can act on."""

from dataclasses import dataclass
from enum import StrEnum

from tabard.link.ehr.errors import TOLD as DOUBTS, Doubt


class WriteState(StrEnum):
    """What is known of a write. Each is final: what was surely not written, and may be tried later, is raised instead."""

    accepted = "accepted"
    """It is there, under the id."""
    rejected = "rejected"
    """It is not there, and will not be as it is."""
    unclear = "unclear"
    """Nobody can say whether it is there: held for a person, and never sent again by itself."""


class WriteReason(StrEnum):
    """Why a write is where it is, beside the doubts about whose chart it is."""

    made = "made"
    found = "found"
    found_twice = "found_twice"
    unsupported = "unsupported"
    incomplete = "incomplete"
    reference_not_known = "reference_not_known"
    of_another = "of_another"
    not_there = "resource_not_there"
    stale = "stale"
    refused = "refused"
    failed = "failed"
    no_answer = "no_answer"
    not_findable = "not_findable"
    maybe_there = "maybe_there"
    changed_there = "changed_there"


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a write. `id` is the record's, "" where nothing is there; `status` is HTTP's, as whoever asked should see it.

    `reason` is a WriteReason or a Doubt; `detail` names elements or codes, never content.
    """

    state: WriteState
    id: str
    reason: WriteReason | Doubt
    status: int
    detail: str = ""

    @property
    def told(self) -> str:
        """The reason in a sentence."""
        sentence = DOUBTS[self.reason][0] if isinstance(self.reason, Doubt) else _TOLD[self.reason][0]
        return f"{sentence} ({self.detail})" if self.detail else sentence

    @property
    def remedy(self) -> str:
        """What to do; "" where nothing need be done."""
        return DOUBTS[self.reason][1] if isinstance(self.reason, Doubt) else _TOLD[self.reason][1]


_LOOK = "Look in the record system whether it is there. If it is, say so here; if it is not, have it sent again."
_TOLD: dict[WriteReason, tuple[str, str]] = {
    WriteReason.made: ("The record system made it.", ""),
    WriteReason.found: ("The record system gave no answer; it was looked for and is there.", ""),
    WriteReason.found_twice: (
        "It is in the record system more than once.",
        "Strike out all but one in the record system itself.",
    ),
    WriteReason.unsupported: (
        "The record system does not take this over FHIR.",
        "Enter it in the record system itself.",
    ),
    WriteReason.incomplete: ("The record system needs more than was written.", "Give what is named, and write again."),
    WriteReason.reference_not_known: (
        "It names something that the record system is not known to have.",
        "Leave the reference out, or name what was read from the record system.",
    ),
    WriteReason.of_another: (
        "It is not, or not only, about one patient.",
        "Write what is about one patient, and names no other.",
    ),
    WriteReason.not_there: ("What was to be changed is not in the record system.", "Search anew."),
    WriteReason.stale: (
        "It was changed in the record system since it was read.",
        "Read it again and decide anew.",
    ),
    WriteReason.refused: (
        "The record system refused it.",
        "See what the record system names, correct it, and write again; or enter it there.",
    ),
    WriteReason.failed: (
        "The record system failed on it each time, and it is not there.",
        "Tell whoever runs the link; enter it in the record system itself.",
    ),
    WriteReason.no_answer: ("The record system did not say whether it was written, and looking did not tell.", _LOOK),
    WriteReason.not_findable: (
        "It may have been written, and there is too much there to look through.",
        _LOOK,
    ),
    WriteReason.maybe_there: (
        "The record system did not say whether it was written. Something like it is there, without the number that we gave it.",
        _LOOK,
    ),
    WriteReason.changed_there: (
        "The record system did not say whether it was written, and what is there now is neither what was there nor what was sent.",
        "Look in the record system what it says now, and decide anew.",
    ),
}
