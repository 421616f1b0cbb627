"""One criterion as pages show it: how it stands and why, beside it the claim, the evidence, the findings and people's words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tabard.accreditation import RULES, Case, Criterion, is_refused, judges_of
from tabard.accreditation.claims import (
    Claim,
    Evidence,
    Judgement,
    Known,
    Ref,
    Standing,
    State,
    Status,
    Waits,
    basis_of,
    named_by,
    serving,
)
from tabard.decision import Accreditor, Role
from tabard.store import CaseDetail
from tabard.web.design.times import When, when
from tabard.web.store.words import ShownFinding, role_words, shown_findings

STANDINGS: dict[Status, tuple[str, str]] = {
    Status.not_met: ("Not met", "red"),
    Status.not_assessed: ("Not assessed", "yellow"),
    Status.met_with_conditions: ("Met, with conditions", "aqua-green"),
    Status.met: ("Met", "green"),
    Status.not_applicable: ("Not applicable", "grey"),
}
"""Each standing in words and a colour, what holds a product up first."""

MINE, MAKER, CHECKER = "mine", "maker", "checker"
"""Whom a criterion waits for: the person who looks, the product's maker, or whoever runs our checker; else roles with + between."""

_STATES = {State.done: "Done", State.todo: "Still to do", State.exempt: "Does not apply"}
_LEVELS = {"must": "Must be met", "should": "Should be met", "score": "Compared alone, never failed"}
_RULES = {rule.id: rule for rule in RULES}


@dataclass(frozen=True, slots=True)
class ShownEvidence:
    """One item: what it is called, its SHA-256, and where its ledger is for who may read it."""

    title: str
    sha256: str
    dates: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """The maker's word."""

    state: str
    words: str
    evidence: tuple[ShownEvidence, ...]


@dataclass(frozen=True, slots=True)
class ShownWord:
    """A person's word on a criterion; `stands` is whether what they had before them is still so, `at` None where it was another version."""

    word: str
    colour: str
    reason: str
    by: str
    role: str
    conditions: tuple[str, ...]
    at: When | None
    stands: bool


@dataclass(frozen=True, slots=True)
class ShownCriterion:
    """One criterion with all that is known of it.

    `holds_up` is whether it must be met and is not, `waits` for whom then (see MINE), `judges` who may judge it. `basis` is the digest of what
    the person who looks has before them, "" where they cannot judge it, and `only_on_condition` where no plain word that it is met can stand.
    """

    id: str
    number: str
    title: str
    asks: str
    level: str
    status: Status
    word: str
    colour: str
    because: tuple[str, ...]
    claim: ShownClaim | None
    evidence: tuple[ShownEvidence, ...]
    findings: tuple[ShownFinding, ...]
    words: tuple[ShownWord, ...]
    asked: int
    holds_up: bool
    is_done: bool
    waits: str
    judges: str
    basis: str
    only_on_condition: bool


@dataclass(frozen=True, slots=True)
class Showing:
    """What one case says of its criteria to `who` looks; `bare` is how each stands while people's words are left out."""

    detail: CaseDetail
    known: Known
    held: frozenset[str]
    bare: Mapping[str, Standing]
    who: Accreditor | None
    may_judge: bool

    def criterion(self, one: Criterion, standing: Standing) -> ShownCriterion:
        """The criterion that stands so."""
        word, colour = STANDINGS[standing.status]
        claim, case = self.known.claims.of(one.id), self.detail.case
        findings = tuple(each for each in self.known.findings if each.rule in standing.rules)
        judges, rank = judges_of(one, case.product_class), f", {one.rank}" if one.rank else ""
        return ShownCriterion(
            id=one.id,
            number=one.number,
            title=one.title,
            asks=one.asks,
            level=f"{_LEVELS.get(one.level, one.level)}{rank}",
            status=standing.status,
            word=word,
            colour=colour,
            because=(*standing.because, *(f"on condition: {text}" for text in standing.conditions)),
            claim=self._claim(claim) if claim else None,
            evidence=self._serving(one, claim),
            findings=shown_findings(findings, case.reviews),
            words=tuple(self._word(each, standing) for each in case.judgements if each.criterion == one.id),
            asked=sum(1 for each in case.remarks if each.about == one.id and each.is_question),
            holds_up=one.id in self.held,
            is_done=claim is not None and claim.state is State.done,
            waits=self._waits(standing, judges) if one.id in self.held else "",
            judges=roles_words(judges),
            basis=basis_of(one, self.known, RULES) if self._can_judge(one, judges) else "",
            only_on_condition=self.bare[one.id].waits is Waits.condition,
        )

    def _can_judge(self, one: Criterion, judges: tuple[Role, ...]) -> bool:
        """Whether this person's word can stand there: their role judges it, and no rule has settled it, or somebody said no."""
        bare = self.bare[one.id]
        is_open = bare.holds_up or is_refused(self.detail.case, one)
        is_theirs = self.may_judge and self.who is not None and self.who.role in judges
        return is_theirs and is_open and bare.waits is not Waits.maker

    def _waits(self, standing: Standing, judges: tuple[Role, ...]) -> str:
        if standing.waits is Waits.maker:
            return MAKER
        if standing.waits is Waits.review:
            judges = self._reviewers(standing)
        if self.who is not None and self.who.role in judges:
            return MINE
        return "+".join(judges) or CHECKER

    def _reviewers(self, standing: Standing) -> tuple[Role, ...]:
        """Who reviews what a rule of it could not assess; nobody where our checker failed."""
        left = {one.rule for one in self.detail.case.unreviewed}
        found = {role for name in standing.rules if name in left for role in _RULES[name].judges}
        return tuple(role for role in Role if role in found)

    def _claim(self, claim: Claim) -> ShownClaim:
        until = f" by {claim.by:%d-%b-%Y}" if claim.by else ""
        answer = f"The answer is “{claim.answer}”. " if claim.answer else ""
        words = f"{answer}{claim.reason}".strip()
        evidence = tuple(evidence_of(ref, self.known.evidence, self.who is not None) for ref in claim.evidence)
        return ShownClaim(f"{_STATES[claim.state]}{until}", words, evidence)

    def _serving(self, one: Criterion, claim: Claim | None) -> tuple[ShownEvidence, ...]:
        """What was put forward for it and its claim does not name."""
        named = {ref.sha256 for ref in claim.evidence} if claim else set()
        items = (each for each in serving(self.known.evidence, one.id) if each.sha256 not in named)
        return tuple(shown_evidence(each, self.who is not None) for each in items)

    def _word(self, one: Judgement, standing: Standing) -> ShownWord:
        word, colour = STANDINGS[one.status]
        at = _said(self.detail, one)
        stands, role = one.by in standing.people, role_words(one.role)
        return ShownWord(word, colour, one.reason, one.by, role, one.conditions, at, stands)


def roles_words(roles: Iterable[Role]) -> str:
    """Who of these roles, as it stands in a sentence: `a clinical safety reviewer or a security reviewer`."""
    names = (role_words(role) for role in roles)
    return " or ".join(f"an {name}" if name[0] in "aeiou" else f"a {name}" for name in names)


def is_judging(case: Case, who: Accreditor) -> bool:
    """Whether this person took the case on, and nothing keeps them from judging it."""
    return any(one.id == who.id and one.is_free for one in case.taken)


def evidence_of(ref: Ref, items: Iterable[Evidence], is_assessor: bool = False) -> ShownEvidence:  # noqa: FBT001, FBT002  whether it is linked
    """What a claim points at: a file of the package, an item of the ledger, or a digest of which no more is known."""
    if ref.file:
        return ShownEvidence(f"{ref.file} in the package", ref.sha256)
    item = next(iter(named_by(ref, items)), None)
    return shown_evidence(item, is_assessor) if item else ShownEvidence("An item that does not stand", ref.sha256)


def shown_evidence(item: Evidence, is_assessor: bool = False) -> ShownEvidence:  # noqa: FBT001, FBT002  whether it is linked
    """An item of the ledger: title, kind, and from when until when; assessors are led to the ledger."""
    until = f", until {item.expires:%d-%b-%Y}" if item.expires else ""
    title, dates = f"{item.title} ({item.kind.replace('-', ' ')})", f"of {item.made:%d-%b-%Y}{until}"
    return ShownEvidence(title, item.sha256, dates, f"/evidence/{item.organisation}#{item.id}" if is_assessor else "")


def _said(detail: CaseDetail, one: Judgement) -> When | None:
    """When it was said, as the case's own log has it; a word of the version before was said in no log of this one."""
    ends = f": {one.reason}"
    for line in reversed(detail.happened):
        if line.kind == "judged" and line.by == one.by and line.words.endswith(ends):
            return when(line.at)
    return None
