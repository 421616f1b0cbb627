"""The report of all rules on one package: what was judged, by which rules, and one text of it that is the same everywhere."""

import hashlib
from dataclasses import asdict, dataclass, field, replace

import msgspec

from tabard.accreditation.errors import BadReport
from tabard.accreditation.model import Finding, Verdict
from tabard.ground.canonical import canonical

_FORMAT = 1
_SAID_WHERE_KNOWN = ("advisories_sha256", "before_sha256", "tried")
"""Left out of the text where there is nothing to say: reports of an earlier Tabard keep their text and digest."""


@dataclass(frozen=True, slots=True)
class TriedAt:
    """Where a product lived through its day: releases of Tabard, and the pretend hospitals by their dialects."""

    tabard_versions: tuple[str, ...] = ()
    dialects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What the rules found in one package. It holds no time, no machine and no path outside the package.

    `advisories_sha256` names the set of known vulnerabilities and `before_sha256` the package of the version before that
    rules went by, "" where there was none; `tried` is empty where no part was lived with.
    """

    product: str
    version: str
    package_sha256: str
    rules_sha256: str
    findings: tuple[Finding, ...]
    advisories_sha256: str = ""
    before_sha256: str = ""
    tried: TriedAt = field(default_factory=TriedAt)

    def to_bytes(self) -> bytes:
        """The report's one text: canonical JSON, without what was measured beside the findings."""
        told = [{key: value for key, value in asdict(one).items() if key != "measured"} for one in self.findings]
        whole = asdict(replace(self, findings=()))
        for name in _SAID_WHERE_KNOWN:
            if getattr(self, name) == getattr(_NOTHING, name):
                del whole[name]
        return canonical({**whole, "findings": told, "format": _FORMAT})

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Report":
        """The report of a text. Raises BadReport when it is none, or is not the one text of what it says."""
        try:
            told = msgspec.json.decode(raw, type=_Told)
        except msgspec.DecodeError as fault:
            raise BadReport(
                "this is no report of accreditation", expected="JSON of a report", got=str(fault)
            ) from fault
        report = cls(
            told.product,
            told.version,
            told.package_sha256,
            told.rules_sha256,
            tuple(told.findings),
            told.advisories_sha256,
            told.before_sha256,
            told.tried,
        )
        if told.format != _FORMAT or report.to_bytes() != raw:
            raise BadReport("the report is not written as a report is", expected=f"canonical JSON of format {_FORMAT}")
        return report

    @property
    def sha256(self) -> str:
        """The digest of the report's text, in hexadecimal."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @property
    def is_clean(self) -> bool:
        """Whether every rule has spoken and nothing is failed, in error or left to a person."""
        return bool(self.findings) and not self.failing and not self.unassessed

    @property
    def failing(self) -> tuple[Finding, ...]:
        """What must be mended before anything else: the product's failures and our own errors."""
        return tuple(one for one in self.findings if one.verdict in (Verdict.failed, Verdict.error))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Our own faults among them."""
        return tuple(one for one in self.findings if one.verdict is Verdict.error)

    @property
    def unassessed(self) -> tuple[Finding, ...]:
        """What a person must judge."""
        return tuple(one for one in self.findings if one.verdict is Verdict.not_assessed)


_NOTHING = Report("", "", "", "", ())


class _Told(msgspec.Struct, forbid_unknown_fields=True):
    product: str
    version: str
    package_sha256: str
    rules_sha256: str
    findings: list[Finding]
    format: int
    advisories_sha256: str = ""
    before_sha256: str = ""
    tried: TriedAt = TriedAt()
