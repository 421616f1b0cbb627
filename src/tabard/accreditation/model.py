"""What a rule is, what it finds, and the report of all rules on one package."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from tabard.accreditation.advisories.model import AdvisorySet
from tabard.accreditation.probing.checked import Checked
from tabard.accreditation.probing.ports import CouldNot, PagesSeen
from tabard.accreditation.probing.recording import Trial
from tabard.decision import Role
from tabard.product import Package


class Verdict(StrEnum):
    """A rule's word. `passed` and `not_applicable` (with its reason) hold nothing up; `error` is our own fault."""

    passed = "pass"
    failed = "fail"
    not_applicable = "not_applicable"
    not_assessed = "not_assessed"
    error = "error"


class Family(StrEnum):
    """What a rule is about."""

    package = "package and manifest"
    licences = "licences and bill of materials"
    vulnerabilities = "known vulnerabilities"
    code = "security of the code"
    safety = "clinical safety"
    data = "data use"
    interoperability = "interoperability"
    egress = "egress"
    documentation = "documentation"
    accessibility = "accessibility"
    behaviour = "behaviour on trial"


Measured = tuple[tuple[str, str], ...]
"""Numbers with their names that differ from run to run: told beside a finding, and in no digest."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule says of one place.

    `place` is a file of the package, with `:line` or ` key` where there is one; `looked_at` holds the SHA-256 of
    whatever was looked at, and a pass that looked at nothing is none. `measured` is no part of the evidence.
    """

    verdict: Verdict
    place: str
    expected: str = ""
    got: str = ""
    remedy: str = ""
    looked_at: tuple[str, ...] = ()
    measured: Measured = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, as it stands in a report; `evidence` is a SHA-256 in hexadecimal.

    `measured` stands beside it: it is neither in the evidence nor in the report's text.
    """

    rule: str
    verdict: Verdict
    place: str
    expected: str
    got: str
    remedy: str
    evidence: str
    measured: Measured = field(default=(), compare=False)


_NOT_ASKED = CouldNot("it was not asked for", "run it again with all that it needs, or have a person judge it")


@dataclass(frozen=True, slots=True)
class Subject:
    """What rules judge: a package, and what the probes saw of it.

    `pages` in a browser, `checked` by the static checkers, `tried` in a day at the pretend hospital; `advisories` are what
    is known of other people's components. `before` is the version before, where it was given.
    """

    package: Package
    pages: PagesSeen | CouldNot
    checked: Checked | CouldNot = _NOT_ASKED
    advisories: AdvisorySet | CouldNot = _NOT_ASKED
    tried: Trial | CouldNot = _NOT_ASKED
    before: Package | None = None


class Check(Protocol):
    """Judges a subject; pure. What it yields is told in any order."""

    def __call__(self, subject: Subject, /) -> Iterable[Found]:
        """What is found, a finding a place."""
        ...


@dataclass(frozen=True, slots=True)
class Rule:
    """One machine check; `judges` are the roles whose review may stand where it could not assess.

    `criteria` are the ids, in the frameworks, of what it helps to judge.
    """

    id: str
    title: str
    source: str
    judges: tuple[Role, ...]
    check: Check
    family: Family = Family.package
    criteria: tuple[str, ...] = ()


Tell = Callable[[str], None]
"""Is told, in a sentence, what is being done."""
