"""What an accreditation decision says: of which bytes, for what use, under which conditions, until when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from types import MappingProxyType

from tabard.decision.errors import BadDecision
from tabard.decision.terms import Condition, CriteriaStood, FirstOfType, FrameworkUsed, Outcome, Owner, Reviewer
from tabard.decision.widening import Widening, fault_of
from tabard.ground.keys import PublicKey

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOST_SITES = 10
"""Of a first-of-type decision: a limited number, or it is none."""


@unique
class Role(StrEnum):
    """What a person judges; which of them a decision needs goes by the class of the product."""

    clinical_safety = "clinical_safety"
    security = "security"
    information_governance = "information_governance"
    interoperability = "interoperability"


_FLOOR = frozenset({Role.clinical_safety, Role.security})

NEEDED: Mapping[int, frozenset[Role]] = MappingProxyType(
    {0: _FLOOR, 1: _FLOOR, 2: _FLOOR | {Role.information_governance}, 3: frozenset(Role)}
)
"""The roles that must have signed, by class of product: as many persons as roles, at the least."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A person's review that stands in the place of a rule that no machine could assess."""

    rule: str
    verdict: str
    place: str
    reason: str
    by: str
    role: Role


@dataclass(frozen=True, slots=True)
class Scope:
    """For what the product was judged: intended use, SMART scopes, launch contexts, settings of care."""

    intended_use: str
    scopes: tuple[str, ...]
    contexts: tuple[str, ...]
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether this package may be used, by whom it was published, for what, on what evidence, and until when.

    `evidence` are the digests of what else was looked at, `grounds` say why it was refused, `supersedes` is the id of the
    decision that this one takes the place of, after a review of a refusal, `criteria` how those stood that were asked (None in
    decisions of before that was kept), `widening` what lets it go further than the one that it supersedes. Digests are SHA-256 in lower-case hexadecimal, `package_size` is in bytes, `publisher_keys` are PEM texts, moments are
    aware. Raises BadDecision when one of these is not so, or when it ends before it begins.
    """

    id: str
    product: str
    version: str
    title: str
    publisher: str
    publisher_keys: tuple[str, ...]
    package_sha256: str
    package_size: int
    release_sha256: str
    report_sha256: str
    rules_sha256: str
    hazard_log_sha256: str
    scope: Scope
    conditions: tuple[Condition, ...]
    reviewed: tuple[Reviewed, ...]
    decided: datetime
    valid_from: datetime
    valid_until: datetime
    product_class: int = 0
    outcome: Outcome = Outcome.accredited
    first_of_type: FirstOfType | None = None
    grounds: tuple[str, ...] = ()
    reviewers: tuple[Reviewer, ...] = ()
    frameworks: tuple[FrameworkUsed, ...] = ()
    evidence: tuple[str, ...] = ()
    tabard_versions: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()
    supersedes: str = ""
    criteria: CriteriaStood | None = None
    widening: Widening | None = None

    def __post_init__(self) -> None:
        for name in ("package", "release", "report", "rules", "hazard_log"):
            self._need(_SHA256.fullmatch(getattr(self, f"{name}_sha256")), f"{name}_sha256", "64 hexadecimal digits")
        for name in ("id", "product", "version", "publisher", "publisher_keys"):
            self._need(getattr(self, name), name, "something")
        self._need(self.product_class in NEEDED, "product_class", "0, 1, 2 or 3")
        self._need(self.package_size > 0, "package_size", "bytes, more than none")
        for name in ("decided", "valid_from", "valid_until"):
            self._need(getattr(self, name).tzinfo, name, "a moment with its offset from UTC")
        self._need(self.valid_from < self.valid_until, "valid_until", "a moment after valid_from")
        for pem in self.publisher_keys:
            PublicKey.from_pem(pem)
        self._check_terms()

    def _check_terms(self) -> None:
        """The outcome and what belongs to it, and to no other outcome."""
        outcome, first = self.outcome, self.first_of_type
        is_conditional = outcome in (Outcome.with_conditions, Outcome.first_of_type)
        self._need(not self.conditions or is_conditional, "conditions", f"none, where it is {outcome}")
        self._need(self.conditions or outcome is not Outcome.with_conditions, "conditions", "one at the least")
        self._need(
            bool(self.grounds) == (outcome is Outcome.refused), "grounds", "the grounds of a refusal, and only then"
        )
        is_whole = self.criteria is None or not self.criteria.open_musts
        self._need(is_whole or outcome is Outcome.refused, "criteria", "none that must be met and is open")
        self._need((first is not None) == (outcome is Outcome.first_of_type), "first_of_type", "sites, and only then")
        if first is not None:
            is_limited = 0 < len(first.sites) <= _MOST_SITES and all(first.sites) and bool(first.exit_criteria)
            self._need(is_limited, "first_of_type", f"1 to {_MOST_SITES} sites, and when others may follow")
        is_each_once = len({one.id for one in self.conditions}) == len(self.conditions)
        self._need(is_each_once and all(one.id and one.text for one in self.conditions), "conditions", "an id each")
        is_dated = all(one.due for one in self.conditions if one.owner is Owner.maker)
        self._need(is_dated, "conditions", "a date for each that is the maker's")
        self._need(len({one.id for one in self.reviewers}) == len(self.reviewers), "reviewers", "each person once")
        stood = (self.criteria.standings_sha256,) if self.criteria else ()
        digests = (*self.evidence, *(one.sha256 for one in self.frameworks), *stood)
        self._need(
            all(map(_SHA256.fullmatch, digests)),
            "evidence",
            "SHA-256 in 64 hexadecimal digits, of frameworks and standings too",
        )

        if self.widening is not None:
            is_meant = bool(self.supersedes) and self.outcome is not Outcome.refused
            self._need(is_meant, "widening", "the decision that it supersedes, and no refusal")
            told = fault_of(self.widening, self.first_of_type)
            self._need(not told, "widening", told)

    def _need(self, is_so: object, name: str, expected: str) -> None:
        if not is_so:
            raise BadDecision("the decision is not sound", where=name, expected=expected, got=str(getattr(self, name)))
