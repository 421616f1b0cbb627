"""What was the first of its type and goes further: which exit criterion was shown at which site, on what evidence."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tabard.decision.terms import FirstOfType

_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Shown:
    """One exit criterion, shown at one of the first sites (ODS code), told in words, on evidence of this SHA-256."""

    criterion: str
    site: str
    words: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Widening:
    """The terms of the decision that was superseded, and what has been shown of its exit criteria since."""

    was: FirstOfType
    shown: tuple[Shown, ...] = ()

    def missing(self) -> tuple[str, ...]:
        """The exit criteria that nobody has shown."""
        found = {one.criterion for one in self.shown}
        return tuple(one for one in self.was.exit_criteria if one not in found)


def fault_of(widening: Widening, now: FirstOfType | None) -> str:
    """What is expected of a decision that goes further to `now` (None: to every site), where it is not so; "" where all is."""
    was = widening.was
    if any(one.criterion not in was.exit_criteria or one.site not in was.sites for one in widening.shown):
        return "exit criteria and sites of the decision before"
    if not all(one.words and _SHA256.fullmatch(one.evidence) for one in widening.shown):
        return "words and the SHA-256 of evidence for each"
    if now is None:
        return "" if not widening.missing() else "every exit criterion of the decision before shown at one of its sites"
    is_wider = set(was.sites) < set(now.sites) and now.exit_criteria == was.exit_criteria
    return "" if is_wider else "the sites of the decision before and more, under the same exit criteria"


def widening_words(widening: Widening | None) -> Iterable[str]:
    """A sentence for each that was shown, and what was not."""
    if widening is None:
        return
    yield f"Until now it was for these sites only: {', '.join(widening.was.sites)}."
    for one in widening.shown:
        yield f"Shown at {one.site}: {one.criterion} {one.words} Evidence, SHA-256: {one.evidence}"
    for criterion in widening.missing():
        yield f"Not shown yet: {criterion}"
