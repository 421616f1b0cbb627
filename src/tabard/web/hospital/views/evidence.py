"""What was verified of a product, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from tabard.catalogue import Level, Recall
from tabard.hospital import Control, Evidence, Step
from tabard.web.design.times import When, when

_STEPS = {
    Step.catalogue: "Catalogue",
    Step.listing: "Listing",
    Step.decision: "Decision",
    Step.package: "Package",
    Step.release: "Release",
    Step.manifest: "Manifest",
    Step.recall: "Recalls",
    Step.conditions: "Taken on",
}
_LEVELS = {
    Level.advisory: "Safety notice",
    Level.no_new_installs: "Not to be installed anew",
    Level.suspend: "Suspended",
    Level.stop: "Recalled",
}
_ENDED = {"uninstalled": "taken away", "replaced": "replaced by another install"}


@dataclass(frozen=True, slots=True)
class StepView:
    """A step that passed."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class RecallView:
    """A recall of this package."""

    level: str
    issued: When
    reason: str
    remedy: str


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """All that was verified, in words."""

    sha256: str
    verified: When
    source: str
    verifier: str
    steps: tuple[StepView, ...]
    plain: tuple[str, ...]
    conditions: tuple[str, ...]
    controls: tuple[Control, ...]
    recalls: tuple[RecallView, ...]


@dataclass(frozen=True, slots=True)
class Past:
    """An install that has ended."""

    version: str
    sha256: str
    verified: When
    ended: When | None
    how: str


def evidence_view(evidence: Evidence, recalls: Sequence[Recall]) -> EvidenceView:
    """The evidence of an install, and the recalls that are known now."""
    told = evidence.told
    return EvidenceView(
        sha256=evidence.sha256,
        verified=when(evidence.verified),
        source=told.source,
        verifier=told.verifier,
        steps=tuple(StepView(_STEPS[one.step], one.words) for one in told.steps),
        plain=told.plain,
        conditions=told.conditions,
        controls=told.controls,
        recalls=tuple(RecallView(_LEVELS[one.level], when(one.issued), one.reason, one.remedy) for one in recalls),
    )


def past(evidence: Evidence) -> Past:
    """An install that has ended, in a line."""
    ended = None if evidence.ended_at is None else when(evidence.ended_at)
    how = _ENDED.get(evidence.ended, evidence.ended)
    return Past(evidence.version, evidence.sha256, when(evidence.verified), ended, how)
