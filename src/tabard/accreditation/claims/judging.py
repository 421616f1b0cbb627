"""How a criterion stands: worked out from what the rules found, what the maker claims, what was shown, and what people judged.

What nobody has judged is never met, and no person's word makes up for what a rule found broken.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tabard.accreditation.claims.evidence import OF_BYTES, Evidence
from tabard.accreditation.claims.model import NO_CLAIMS, Claim, Claims, Ref, State
from tabard.accreditation.frameworks import Criterion, Level, Trait, contradictions, framework, walk
from tabard.accreditation.model import Finding, Rule, Verdict
from tabard.decision import Reviewed, Role


class Status(StrEnum):
    """How a criterion stands."""

    met = "met"
    met_with_conditions = "met_with_conditions"
    not_met = "not_met"
    not_applicable = "not_applicable"
    not_assessed = "not_assessed"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's word on a criterion, for these bytes: met, with conditions, not met, or not applicable, and why."""

    criterion: str
    status: Status
    reason: str
    by: str
    role: Role
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How one criterion stands and why. `evidence` are the SHA-256 of all that it rests on, `rules` and `people` who looked."""

    criterion: str
    status: Status
    because: tuple[str, ...]
    evidence: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()

    @property
    def holds_up(self) -> bool:
        """Whether it keeps a product from being accredited, where it is a must."""
        return self.status in (Status.not_met, Status.not_assessed)


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known when criteria are judged: each part may be empty, and what is not there is not met.

    `findings` are a report's, `reviewed` the reviews that stand where a rule could not assess, `evidence` what stands of
    the organisation and of the product, `package_sha256` the package in hand, `traits` what the product has and does,
    and `aside` what is not asked of a product of its class, with reasons.
    """

    findings: tuple[Finding, ...] = ()
    claims: Claims = NO_CLAIMS
    evidence: tuple[Evidence, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    reviewed: tuple[Reviewed, ...] = ()
    package_sha256: str = ""
    traits: frozenset[Trait] = frozenset()
    aside: tuple[tuple[str, str], ...] = ()


def standing_of(criterion: Criterion, known: Known, on: date, *, rules: Iterable[Rule]) -> Standing:
    """How this criterion stands on this day. `rules` are those that were run. Pure."""
    return _Judging(criterion, known, on, tuple(rules)).standing()


def standings(criteria: Iterable[Criterion], known: Known, on: date, *, rules: Iterable[Rule]) -> tuple[Standing, ...]:
    """How each of these stands, in their order."""
    run = tuple(rules)
    return tuple(standing_of(one, known, on, rules=run) for one in criteria)


def holding_up(criteria: Iterable[Criterion], found: Iterable[Standing]) -> tuple[Standing, ...]:
    """The standings that keep a product from being accredited: of musts alone."""
    musts = {one.id for one in criteria if one.level is Level.must}
    return tuple(one for one in found if one.holds_up and one.criterion in musts)


class _Judging:
    """One criterion under judgement. The steps of `standing` are in their order: the first that speaks is the answer."""

    def __init__(self, criterion: Criterion, known: Known, on: date, rules: tuple[Rule, ...]) -> None:
        self._criterion, self._known, self._on = criterion, known, on
        self._claim: Claim | None = known.claims.of(criterion.id)
        self._named = tuple(one.id for one in rules if criterion.id in one.criteria)
        self._findings = [one for one in known.findings if one.rule in self._named]
        self._judgements = [one for one in known.judgements if one.criterion == criterion.id]

    def standing(self) -> Standing:
        steps: tuple[Callable[[], Iterator[tuple[Status, str]]], ...] = (
            self._set_aside,
            self._broken,
            self._refused,
            self._passed_by,
            self._not_applicable,
            self._admitted,
            self._unproven,
            self._open,
            self._judged,
            self._seen_by_rules,
            self._waiting,
        )
        for step in steps:
            if found := list(step()):
                return self._told(found[0][0], tuple(why for _, why in found))
        return self._told(Status.not_assessed, ("no rule looks at it, and nobody has said anything of it",))

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

    def _admitted(self) -> Iterator[tuple[Status, str]]:
        claim, question = self._claim, self._criterion.question
        if claim and claim.state is State.todo:
            until = f", by {claim.by}" if claim.by else ""
            yield Status.not_met, f"the maker says that it is still to do{until}: {claim.reason}"
        if claim and claim.answer and question and question.passes and claim.answer not in question.passes:
            yield Status.not_met, f"the answer is “{claim.answer}”; {' or '.join(question.passes)} is asked"
        if claim and claim.answer and question and question.agrees:
            form, _, number = self._criterion.id.partition("/")
            told = contradictions(framework(form), {number: claim.answer}, self._known.traits)
            yield from ((Status.not_met, why) for why in told)

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
        if self._judgements:
            has_conditions = any(one.status is Status.met_with_conditions for one in self._judgements)
            status = Status.met_with_conditions if has_conditions else Status.met
            yield from ((status, _by(one)) for one in self._judgements if one.status in (Status.met, status))

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
        if ref.file:
            return None
        items = [one for one in self._known.evidence if one.sha256 == ref.sha256]
        if not items:
            return f"the evidence {ref.sha256[:12]}… is not among what stands of the organisation or the product"
        serving = [one for one in items if self._criterion.id in one.serves]
        if not serving:
            return f"the evidence {ref.sha256[:12]}… was not put forward for this criterion"
        told = [one.why_not(self._on) for one in serving]
        return None if None in told else f"{serving[0].title}: {told[0]}"

    def _of_other_bytes(self, ref: Ref) -> str | None:
        for one in self._known.evidence:
            is_other = one.for_package not in (None, self._known.package_sha256)
            if one.sha256 == ref.sha256 and one.kind in OF_BYTES and is_other:
                return f"{one.title} was made of other bytes: a person says whether it still holds"
        return None

    def _verdict(self, finding: Finding) -> Verdict:
        """A finding's word, or where a rule could not tell the word of the person who looked."""
        if finding.verdict is not Verdict.not_assessed:
            return finding.verdict
        told = (one.verdict for one in self._known.reviewed if (one.rule, one.place) == (finding.rule, finding.place))
        return Verdict(next(told, finding.verdict))

    def _told(self, status: Status, because: tuple[str, ...]) -> Standing:
        claimed = [ref.sha256 for ref in self._claim.evidence] if self._claim else []
        return Standing(
            self._criterion.id,
            status,
            because,
            evidence=tuple(dict.fromkeys((*(one.evidence for one in self._findings), *claimed))),
            rules=tuple(dict.fromkeys(one.rule for one in self._findings)),
            people=tuple(dict.fromkeys(one.by for one in self._judgements)),
            conditions=tuple(text for one in self._judgements for text in one.conditions),
        )


def _by(one: Judgement) -> str:
    return f"{one.by} ({one.role.replace('_', ' ')}): {one.reason}"
