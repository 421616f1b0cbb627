"""What an accreditation decision says: of which bytes, for what use, under which conditions, until when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from types import MappingProxyType

from tabard.decision.errors import BadDecision
from tabard.ground.keys import PublicKey

_SHA256 = re.compile(r"[0-9a-f]{64}")


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
    """That this package may be used, by whom it was published, for what, on what evidence, and until when.

    Digests are SHA-256 in lower-case hexadecimal, `package_size` is in bytes, `publisher_keys` are PEM texts, moments are
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
    conditions: tuple[str, ...]
    reviewed: tuple[Reviewed, ...]
    decided: datetime
    valid_from: datetime
    valid_until: datetime
    product_class: int = 0

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

    def _need(self, is_so: object, name: str, expected: str) -> None:
        if not is_so:
            raise BadDecision("the decision is not sound", where=name, expected=expected, got=str(getattr(self, name)))
