"""What is known when a criterion is judged, and the digest of it that binds a person's word to what they had before them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from tabard.accreditation.claims.evidence import OF_BYTES, Evidence
from tabard.accreditation.claims.judgement import Judgement
from tabard.accreditation.claims.model import NO_CLAIMS, Claim, Claims
from tabard.accreditation.frameworks import Criterion, Trait, traits_of
from tabard.accreditation.model import Finding, Rule
from tabard.accreditation.report import Report
from tabard.decision import Condition, Reviewed
from tabard.ground.canonical import canonical
from tabard.product import Manifest


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known when criteria are judged: each part may be empty, and what is not there is not met.

    `findings` are a report's, `reviewed` the reviews that stand where a rule could not assess, `evidence` what stands of
    the organisation and of the product, `package_sha256` the package in hand, `traits` what the product has and does,
    `aside` what is not asked of a product of its class, with reasons, and `conditions` those that the case has.
    """

    findings: tuple[Finding, ...] = ()
    claims: Claims = NO_CLAIMS
    evidence: tuple[Evidence, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    reviewed: tuple[Reviewed, ...] = ()
    package_sha256: str = ""
    traits: frozenset[Trait] = frozenset()
    aside: tuple[tuple[str, str], ...] = ()
    conditions: tuple[Condition, ...] = ()


class Judgeable(Protocol):
    """As much of a case as its criteria are judged by."""

    @property
    def report(self) -> Report | None:
        """What the rules found."""

    @property
    def reviews(self) -> tuple[Reviewed, ...]:
        """What people reviewed where no rule could assess."""

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """What people judged."""

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What the decision will ask."""

    @property
    def package_sha256(self) -> str:
        """The package in hand."""


def known_of(case: Judgeable, manifest: Manifest, claims: Claims, evidence: Iterable[Evidence]) -> Known:
    """What is known of a case when its criteria are judged, by the evidence that stands on that day."""
    return Known(
        findings=case.report.findings if case.report else (),
        claims=claims,
        evidence=tuple(evidence),
        judgements=case.judgements,
        reviewed=case.reviews,
        package_sha256=case.package_sha256,
        traits=traits_of(manifest),
        conditions=case.conditions,
    )


def basis_of(criterion: Criterion, known: Known, rules: Iterable[Rule]) -> str:
    """SHA-256 over what a person has before them who judges that criterion, in hexadecimal.

    What it asks, the maker's claim, the evidence that the claim names or that serves, and what the criterion's rules
    looked at and found. Who has judged before, and the package as a whole, are no part of it.
    """
    claim = known.claims.of(criterion.id)
    named = {one.id for one in rules if criterion.id in one.criteria}
    findings = ([one.rule, one.place, one.verdict, one.evidence] for one in known.findings if one.rule in named)
    told = {
        "asks": [criterion.id, criterion.title, criterion.asks],
        "claim": msgspec.to_builtins(claim) if claim else None,
        "evidence": sorted((_item(one, known) for one in _before(criterion, claim, known)), key=canonical),
        "findings": sorted(findings),
    }
    return hashlib.sha256(canonical(told)).hexdigest()


def _before(criterion: Criterion, claim: Claim | None, known: Known) -> Iterable[Evidence]:
    named = {ref.sha256 for ref in claim.evidence} if claim else set()
    return (one for one in known.evidence if criterion.id in one.serves or one.sha256 in named)


def _item(one: Evidence, known: Known) -> list[Any]:
    """An item as a person sees it; one that speaks of other bytes than these is another thing to see."""
    is_other = one.kind in OF_BYTES and one.for_package not in (None, known.package_sha256)
    return [one.id, one.sha256, one.kind, one.title, is_other]
