"""Evidence: what was verified when a product was installed, in the words of then, kept for as long as the hospital is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tabard.decision import ROLES, Role


class Step(StrEnum):
    """What is verified before a product is installed, in this order."""

    catalogue = "catalogue"
    listing = "listing"
    decision = "decision"
    package = "package"
    release = "release"
    manifest = "manifest"
    recall = "recall"
    conditions = "conditions"


@dataclass(frozen=True, slots=True)
class Passed:
    """A step that passed, and what was seen."""

    step: Step
    words: str


@dataclass(frozen=True, slots=True)
class Signer:
    """A person who signed the decision, and what they judged."""

    name: str
    role: str

    def __str__(self) -> str:
        return f"{self.name} ({ROLES[Role(self.role)] if self.role in Role.__members__ else self.role})"


@dataclass(frozen=True, slots=True)
class Control:
    """What the hazard log leaves to the hospital that deploys the product: of which hazard, and what has to be done."""

    hazard: str
    words: str


@dataclass(frozen=True, slots=True)
class Told:
    """All that was verified of one package, as it is shown."""

    source: str
    verifier: str
    size_bytes: int
    steps: tuple[Passed, ...]
    signers: tuple[Signer, ...]
    decided: datetime
    until: datetime
    plain: tuple[str, ...]
    notices: tuple[str, ...]
    conditions: tuple[str, ...]
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One install's evidence, with the signed envelopes themselves; `ended` says how the install ended, "" while it lasts."""

    product: str
    version: str
    sha256: str
    decision: bytes
    release: bytes
    told: Told
    verified: datetime
    ended_at: datetime | None
    ended: str


def listed(words: Iterable[str]) -> str:
    """Words as they stand in a sentence: `a, b and c`."""
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last
