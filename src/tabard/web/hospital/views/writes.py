"""What products wrote for a patient that the record system has not shown to hold yet, in words for people. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from tabard.link.writeback import WORDS, Write, WriteState
from tabard.web.design.times import When, when

_KINDS = {
    "Observation": "Observation",
    "DocumentReference": "Document",
    "Appointment": "Appointment",
    "Patient": "Patient details",
}


@dataclass(frozen=True, slots=True)
class Written:
    """One write: what it is, since when, by which product, how it stands and what to do."""

    kind: str
    at: When
    product: str
    standing: str
    reason: str
    remedy: str
    is_alarm: bool


def unconfirmed(writes: Iterable[Write]) -> tuple[Written, ...]:
    """All but those that came back over the record system's own feed."""
    return tuple(_written(one) for one in writes if one.state is not WriteState.confirmed)


def _written(one: Write) -> Written:
    return Written(
        _KINDS.get(one.resource.partition("/")[0], one.resource.partition("/")[0]),
        when(one.created),
        one.client,
        WORDS[one.state],
        one.reason,
        one.remedy,
        one.state in {WriteState.rejected, WriteState.unclear},
    )
