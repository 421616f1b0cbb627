"""What a rule is, what it finds, and the report of all rules on one package."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tabard.accreditation.probing.ports import CouldNot, PagesSeen
from tabard.decision import Role
from tabard.product import Package


class Verdict(StrEnum):
    """A rule's word. `passed` and `not_applicable` (with its reason) hold nothing up; `error` is our own fault."""

    passed = "pass"
    failed = "fail"
    not_applicable = "not_applicable"
    not_assessed = "not_assessed"
    error = "error"


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule says of one place.

    `place` is a file of the package, with `:line` or ` key` where there is one; `looked_at` holds the SHA-256 of
    whatever was looked at, and a pass that looked at nothing is none.
    """

    verdict: Verdict
    place: str
    expected: str = ""
    got: str = ""
    remedy: str = ""
    looked_at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, as it stands in a report; `evidence` is a SHA-256 in hexadecimal."""

    rule: str
    verdict: Verdict
    place: str
    expected: str
    got: str
    remedy: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What rules judge: a package, and what the probes saw of it."""

    package: Package
    pages: PagesSeen | CouldNot


class Check(Protocol):
    """Judges a subject; pure. What it yields is told in any order."""

    def __call__(self, subject: Subject, /) -> Iterable[Found]:
        """What is found, a finding a place."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """One machine check; `judges` are the roles whose review may stand where it could not assess."""

    id: str
    title: str
    source: str
    judges: tuple[Role, ...]
    check: Check


Tell = Callable[[str], None]
"""Is told, in a sentence, what is being done."""
