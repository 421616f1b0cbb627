"""What a package says beside its manifest, as pages show it: claims and safety papers. Bytes never change, so each is read once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from tabard.accreditation import BadHazardLog, HazardLog, read_hazard_log
from tabard.accreditation.claims import NO_CLAIMS, BadClaims, Claims, claims_of
from tabard.accreditation.safety.reporting import report_of
from tabard.accreditation.safety.viewing import ReportView
from tabard.product import Package, read_package

_KEPT = 64


@dataclass(frozen=True, slots=True)
class Basis:
    """The maker's claims, in words why they could not be read ("" where they could); log and safety report, None where unreadable."""

    claims: Claims
    fault: str
    log: HazardLog | None
    safety: ReportView | None


class Bases:
    """The basis of each package, by its SHA-256; `read` gives a package's bytes."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self.of = lru_cache(maxsize=_KEPT)(lambda sha256: _basis(read_package(read(sha256))))


def _basis(package: Package) -> Basis:
    try:
        claims, fault = claims_of(package.files), ""
    except BadClaims as no:
        claims, fault = NO_CLAIMS, f"The maker's claims cannot be read: {no.got or no.message}"
    try:
        return Basis(
            claims, fault, read_hazard_log(package.files.get(package.manifest.hazards, b"")), report_of(package)
        )
    except BadHazardLog:
        return Basis(claims, fault, None, None)
