"""How a criterion stands: worked out from what the rules found, what the maker claims, what was shown, and what people judged.

What nobody has judged is never met, and no person's word makes up for what a rule found broken. A condition that a person
sets may stand in for what the maker says is still to do, or has not proven yet; their plain word that it is met may not.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tabard.accreditation.claims.evidence import OF_BYTES
from tabard.accreditation.claims.judgement import Judgement, Status
from tabard.accreditation.claims.knowing import Known, basis_of
from tabard.accreditation.claims.model import Claim, Ref, State
from tabard.accreditation.claims.proving import named_by, why_unproven
from tabard.accreditation.frameworks import Criterion, Level, contradictions, framework, walk
from tabard.accreditation.model import Finding, Rule, Verdict


class Waits(StrEnum):
    """For what a criterion waits that holds up: the maker, a review of a finding, a judgement, or one with a condition."""

    nothing = ""
    maker = "maker"
    review = "review"
    judgement = "judgement"
    condition = "condition"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one criterion stands and why. `evidence` are the SHA-256 of all that it rests on, `rules` and `people` who looked.

    `conditions` are the ids of the case's conditions on which it is met; `waits` says what it waits for.
    """

    criterion: str
    status: Status
    because: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    waits: Waits = Waits.nothing

    @property
    def holds_up(self) -> bool:
        """Whether it keeps a product from being accredited, where it is a must."""
        return self.status in (Status.not_met, Status.not_assessed)


def standing_of(criterion: Criterion, known: Known, on: date, *, rules: Iterable[Rule]) -> Standing:
    """How this criterion stands on this day. `rules` are those that were run. Pure."""
    return _Judging(criterion, known, on, tuple(rules)).standing()


def standings(criteria: Iterable[Criterion], known: Known, on: date, *, rules: Iterable[Rule]) -> tuple[Standing, ...]:
    """How each of these stands, in their order."""
    run = tuple(rules)
    return tuple(standing_of(one, known, on, rules=run) for one in criteria)


def holding_up(criteria: Iterable[Criterion], found: Iterable[Standing]) -> tuple[Standing, ...]:
    """The standings that keep a product from being accredited: of musts alone. A must that none speaks of is not assessed."""
    told = {one.criterion: one for one in found}
    musts = [one.id for one in criteria if one.level is Level.must]
    silent = (_silent(id_) for id_ in musts if id_ not in told)
    return (*(told[id_] for id_ in musts if id_ in told and told[id_].holds_up), *silent)


def _silent(criterion: str) -> Standing:
    return Standing(criterion, Status.not_assessed, (_NOBODY,), waits=Waits.judgement)


_NOBODY = "no rule looks at it, and nobody has said anything of it"
_Step = Callable[[], Iterator[tuple[Status, str]]]


class _Judging:
    """One criterion under judgement. The steps of `standing` are in their order: the first that speaks is the answer."""

    def __init__(self, criterion: Criterion, known: Known, on: date, rules: tuple[Rule, ...]) -> None:
        self._criterion, self._known, self._on = criterion, known, on
        self._claim: Claim | None = known.claims.of(criterion.id)
        self._named = tuple(one.id for one in rules if criterion.id in one.criteria)
        self._findings = [one for one in known.findings if one.rule in self._named]
        words = [one for one in known.judgements if one.criterion == criterion.id]
        basis = basis_of(criterion, known, rules) if words else ""
        why_not = {one: why for one in words if (why := self._why_fallen(one, basis))}
        self._judgements = [one for one in words if one not in why_not]
        self._fallen = tuple(why_not.values())
        self._noes = [one for one in why_not if one.status is Status.not_met]

    def standing(self) -> Standing:
        steps: tuple[tuple[_Step, Waits], ...] = (
            (self._set_aside, Waits.nothing),
            (self._broken, Waits.maker),
            (self._refused, Waits.maker),
            (self._passed_by, Waits.nothing),
            (self._contradicted, Waits.maker),
            (self._not_applicable, Waits.nothing),
            (self._met_on_condition, Waits.review),
            (self._admitted, Waits.condition),
            (self._unproven, Waits.condition),
            (self._open, Waits.review),
            (self._judged, Waits.nothing),
            (self._refused_before, Waits.judgement),
            (self._seen_by_rules, Waits.nothing),
            (self._waiting, Waits.judgement),
        )
        for step, waits in steps:
            if found := list(step()):
                return self._told(found[0][0], tuple(why for _, why in found), waits)
        return self._told(Status.not_assessed, (_NOBODY,), Waits.judgement)

    def _why_fallen(self, one: Judgement, basis: str) -> str | None:
        """Why a person's word does not stand any more; None where it does."""
        if one.basis != basis:
            return f"the word of {one.by} stands no more: what they had before them has changed since"
        known = {each.id for each in self._known.conditions}
        if one.status is Status.met_with_conditions and not one.conditions:
            return f"the word of {one.by} names no condition"
        if gone := [each for each in one.conditions if each not in known]:
            return f"the word of {one.by} stands no more: the condition {', '.join(gone)} was dropped"
        return None

    def _set_aside(self) -> Iterator[tuple[Status, str]]:
        yield from ((Status.not_applicable, why) for id_, why in self._known.aside if id_ == self._criterion.id)

    def _broken(self) -> Iterator[tuple[Status, str]]:
        for one in self._findings:
            if one.verdict is Verdict.failed:
                yield Status.not_met, f"{one.rule} at {one.place}: expected {one.expected}, got {one.got}"

    def _refused(self) -> Iterator[tuple[Status, str]]:
        yield from ((one.status, _by(one)) for one in self._judgements if one.status is Status.not_met)

    def _passed_by(self) -> Iterator[tuple[Status, str]]:
        """A question that the maker's own answers lead past; the answers themselves are judged where they stand."""
        if self._criterion.question:
            form = self._criterion.id.partition("/")[0]
            passed = dict(walk(framework(form), self._known.claims.answers(form)).passed_by)
            if why := passed.get(self._criterion.id):
                yield Status.not_applicable, why

    def _not_applicable(self) -> Iterator[tuple[Status, str]]:
        yield from ((one.status, _by(one)) for one in self._judgements if one.status is Status.not_applicable)

    def _contradicted(self) -> Iterator[tuple[Status, str]]:
        """An answer otherwise than the product itself shows: that is mended, and not made up for."""
        claim, question = self._claim, self._criterion.question
        if claim and claim.answer and question and question.agrees:
            form, _, number = self._criterion.id.partition("/")
            told = contradictions(framework(form), {number: claim.answer}, self._known.traits)
            yield from ((Status.not_met, why) for why in told)

    def _met_on_condition(self) -> Iterator[tuple[Status, str]]:
        """Stands in for what the maker admits or has not proven; never for what a rule has yet to see."""
        told = [one for one in self._judgements if one.status is Status.met_with_conditions]
        if told:
            yield from list(self._open()) or ((one.status, _by(one)) for one in told)

    def _admitted(self) -> Iterator[tuple[Status, str]]:
        claim, question = self._claim, self._criterion.question
        if claim and claim.state is State.todo:
            until = f", by {claim.by}" if claim.by else ""
            yield Status.not_met, f"the maker says that it is still to do{until}: {claim.reason}"
        if claim and claim.answer and question and question.passes and claim.answer not in question.passes:
            yield Status.not_met, f"the answer is “{claim.answer}”; {' or '.join(question.passes)} is asked"

    def _unproven(self) -> Iterator[tuple[Status, str]]:
        """Evidence that the claim names and that does not stand."""
        for ref in self._claim.evidence if self._claim and self._claim.state is State.done else ():
            if why := self._why_not(ref):
                yield Status.not_met, why

    def _open(self) -> Iterator[tuple[Status, str]]:
        """What a rule could not tell and nobody reviewed; and a rule that did not speak: that nothing ran is no pass."""
        for one in self._findings:
            if self._verdict(one) in (Verdict.error, Verdict.not_assessed):
                yield Status.not_assessed, f"{one.rule} at {one.place} could not tell: {one.got}"
        spoken = {one.rule for one in self._findings}
        yield from ((Status.not_assessed, f"{name} was not run") for name in self._named if name not in spoken)

    def _judged(self) -> Iterator[tuple[Status, str]]:
        yield from ((one.status, _by(one)) for one in self._judgements if one.status is Status.met)

    def _refused_before(self) -> Iterator[tuple[Status, str]]:
        """A person's no of what was then before them is taken back by a person's word, and not by a rule's or new evidence."""
        yield from ((Status.not_assessed, f"it was not met for {_by(one)}") for one in self._noes)

    def _seen_by_rules(self) -> Iterator[tuple[Status, str]]:
        """Only where the rules see the whole of a criterion, and one of them looked."""
        if self._criterion.by_rule_alone:
            for status, verdict in ((Status.met, Verdict.passed), (Status.not_applicable, Verdict.not_applicable)):
                told = [one for one in self._findings if self._verdict(one) is verdict]
                if told:
                    yield from ((status, f"{one.rule}: {one.got or one.expected or 'found sound'}") for one in told)
                    return

    def _waiting(self) -> Iterator[tuple[Status, str]]:
        if self._claim and self._claim.state is State.exempt:
            yield (
                Status.not_assessed,
                f"the maker says that it does not apply, and nobody has agreed yet: {self._claim.reason}",
            )
        elif self._claim:
            old = [why for ref in self._claim.evidence if (why := self._of_other_bytes(ref))]
            yield Status.not_assessed, "the maker says that it is done; nobody has judged it yet"
            yield from ((Status.not_assessed, why) for why in old)
        elif self._findings:
            yield Status.not_assessed, "rules looked at a part of it; a person has not judged it yet"

    def _why_not(self, ref: Ref) -> str | None:
        return why_unproven(ref, self._criterion.id, self._known.evidence, self._on)

    def _of_other_bytes(self, ref: Ref) -> str | None:
        for one in named_by(ref, self._known.evidence):
            if one.kind in OF_BYTES and one.for_package not in (None, self._known.package_sha256):
                return f"{one.title} was made of other bytes: a person says whether it still holds"
        return None

    def _verdict(self, finding: Finding) -> Verdict:
        """A finding's word, or where a rule could not tell the word of the person who looked."""
        if finding.verdict is not Verdict.not_assessed:
            return finding.verdict
        told = (one.verdict for one in self._known.reviewed if (one.rule, one.place) == (finding.rule, finding.place))
        return Verdict(next(told, finding.verdict))

    def _told(self, status: Status, because: tuple[str, ...], waits: Waits) -> Standing:
        is_open = status in (Status.not_met, Status.not_assessed)
        claimed = [each for ref in self._claim.evidence for each in self._shown(ref)] if self._claim else []
        return Standing(
            self._criterion.id,
            status,
            (*because, *self._fallen) if is_open else because,
            evidence=tuple(dict.fromkeys((*(one.evidence for one in self._findings), *claimed))),
            rules=tuple(dict.fromkeys(one.rule for one in self._findings)),
            people=tuple(dict.fromkeys(one.by for one in self._judgements)),
            conditions=self._conditions() if status is Status.met_with_conditions else (),
            waits=waits if is_open else Waits.nothing,
        )

    def _shown(self, ref: Ref) -> tuple[str, ...]:
        """The digests of what a reference shows today: of what stands in the place of what it names, where something does."""
        return tuple(one.sha256 for one in named_by(ref, self._known.evidence)) or (ref.sha256,)

    def _conditions(self) -> tuple[str, ...]:
        told = (one.conditions for one in self._judgements if one.status is Status.met_with_conditions)
        return tuple(dict.fromkeys(id_ for each in told for id_ in each))


def _by(one: Judgement) -> str:
    return f"{one.by} ({one.role.replace('_', ' ')}): {one.reason}"
