"""What a clinical safety case report holds, and whose word stands under it. Source: DCB0129 4.2, 3.4, 3.5 and 2.5."""

from dataclasses import dataclass
from datetime import date, datetime

from tabard.accreditation.hazards.model import Phase

CASE = "safety/case.toml"
"""The clinical safety case report, in the package."""

APPROVAL = "safety/approval.json"
"""The officer's signed word on log and report: a DSSE envelope, in the package."""


@dataclass(frozen=True, slots=True)
class Registration:
    """A clinical safety officer: who they are, and that somebody looked them up on their register, when, until when it holds."""

    name: str
    profession: str
    register: str
    number: str
    checked_at: date
    checked_by: str
    expires: date
    competence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remaining:
    """What the report says of a risk that remains: which hazard's, and in which words."""

    hazard: str
    words: str


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """Other people's components, by package URL (without a version: every version), how they were assessed, their hazards."""

    components: tuple[str, ...]
    assessed: str
    hazards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What changed with a version, and what it means for the risks. Source: DCB0129 4.2, 7.3."""

    version: str
    words: str


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence that is kept elsewhere: its digest, what it is, how it came out, and of which configuration it is."""

    sha256: str
    title: str
    result: str
    configuration_sha256: str


@dataclass(frozen=True, slots=True)
class SafetyCase:
    """A clinical safety case report: of one product, version and configuration, and of one issue of its hazard log."""

    product: str
    version: str
    issue: int
    phase: Phase
    hazard_log_sha256: str
    configuration_sha256: str
    scope: str
    intended_use: str
    risk_management: str
    tests: str
    conclusion: str
    open_issues: tuple[str, ...] = ()
    officer: Registration | None = None
    remaining: tuple[Remaining, ...] = ()
    transferred: tuple[str, ...] = ()
    third_party: tuple[ThirdParty, ...] = ()
    changes: tuple[Change, ...] = ()
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """The officer's word, found signed by the key that it names (`public_key`, PEM); digests are SHA-256 in hexadecimal."""

    product: str
    version: str
    issue: int
    log_sha256: str
    case_sha256: str
    name: str
    register: str
    number: str
    keyid: str
    at: datetime
    public_key: str = ""
