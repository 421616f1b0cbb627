"""What changed from one issue of a hazard log to the next: as a value, and in words."""

from collections.abc import Iterator
from dataclasses import dataclass

from tabard.accreditation.hazards.model import Hazard, HazardLog, HazardStatus, Risk

_GONE = (HazardStatus.closed, HazardStatus.deprecated)


@dataclass(frozen=True, slots=True)
class Rerated:
    """A hazard whose remaining (or, where `is_initial`, first) risk is rated otherwise than before."""

    id: str
    before: Risk
    after: Risk
    is_initial: bool = False

    @property
    def is_lowered(self) -> bool:
        """Whether the risk is thought lower now."""
        if self.after.rating != self.before.rating:
            return self.after.rating < self.before.rating
        return self.after.severity <= self.before.severity and self.after.likelihood <= self.before.likelihood


@dataclass(frozen=True, slots=True)
class Renamed:
    """A hazard that has another title under the same id, without a word in its history."""

    id: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LogDifference:
    """What changed between two issues; texts are ids of hazards, `controls` of controls (`-` before one that went)."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    rerated: tuple[Rerated, ...] = ()
    closed: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()

    @property
    def lowered(self) -> tuple[Rerated, ...]:
        """Those risks that are thought lower now."""
        return tuple(one for one in self.rerated if one.is_lowered)

    @property
    def is_any(self) -> bool:
        """Whether anything changed."""
        return self != LogDifference()

    @property
    def words(self) -> tuple[str, ...]:
        """A sentence for each change, what weighs most first."""
        return tuple(_words(self))


def differences(before: HazardLog, after: HazardLog) -> LogDifference:
    """What changed from one log to the other."""
    old, new = ({one.id: one for one in log.hazards} for log in (before, after))
    both = [(old[id_], new[id_]) for id_ in old if id_ in new]
    return LogDifference(
        added=tuple(id_ for id_ in new if id_ not in old),
        removed=tuple(id_ for id_ in old if id_ not in new),
        renamed=tuple(
            Renamed(a.id, a.title, b.title) for a, b in both if a.title != b.title and a.history == b.history
        ),
        rerated=tuple(each for a, b in both for each in _rerated(a, b)),
        closed=tuple(a.id for a, b in both if a.status not in _GONE and b.status in _GONE),
        reopened=tuple(a.id for a, b in both if a.status in _GONE and b.status not in _GONE),
        controls=tuple(each for a, b in both for each in _controls(a, b)),
        reworded=tuple(a.id for a, b in both if _text(a) != _text(b)),
    )


def _rerated(old: Hazard, new: Hazard) -> Iterator[Rerated]:
    for before, after, is_initial in ((old.initial, new.initial, True), (old.residual, new.residual, False)):
        if (before.severity, before.likelihood, before.rating) != (after.severity, after.likelihood, after.rating):
            yield Rerated(old.id, before, after, is_initial)


def _controls(old: Hazard, new: Hazard) -> Iterator[str]:
    """Controls that came, went (`-`) or say something else (`~`)."""
    before, after = ({one.id: one for one in hazard.controls} for hazard in (old, new))
    yield from (id_ for id_ in after if id_ not in before)
    yield from (f"-{id_}" for id_ in before if id_ not in after)
    yield from (f"~{id_}" for id_ in before if id_ in after and before[id_] != after[id_])


def _text(one: Hazard) -> tuple[object, ...]:
    said = (one.title, one.description, one.causes, one.effect, one.harm, one.care_setting, one.types, one.covers)
    return (*said, one.existing, one.transferred_to, one.acceptance)


def _words(told: LogDifference) -> Iterator[str]:
    for id_ in told.removed:
        yield f"{id_} was taken out of the log: a hazard is never deleted."
    for renamed in told.renamed:
        yield f"{renamed.id} has another title: “{renamed.after}” in the place of “{renamed.before}”."
    for one in sorted(told.rerated, key=lambda each: not each.is_lowered):
        which = "at first" if one.is_initial else "after its controls"
        verb = "is rated lower" if one.is_lowered else "is rated otherwise"
        yield f"{one.id} {verb} {which}: {one.before.words}, now {one.after.words}."
    for id_ in told.added:
        yield f"{id_} is new."
    for id_ in told.closed:
        yield f"{id_} was closed."
    for id_ in told.reopened:
        yield f"{id_} is open again."
    for id_ in told.controls:
        what = {"-": "went", "~": "changed"}.get(id_[0], "is new")
        yield f"Control {id_.lstrip('-~')} {what}."
    for id_ in told.reworded:
        yield f"The text of {id_} changed."
