"""What stands in a product's papers and looks like a secret to a machine, and is none: digests, and a signature that holds."""

import json

from tabard.accreditation.errors import BadApproval
from tabard.accreditation.safety.approving import read_approval
from tabard.accreditation.safety.model import APPROVAL
from tabard.accreditation.safety.papers import case_of, log_of
from tabard.accreditation.safety.sealing import configuration
from tabard.product import Package


def told_openly(package: Package) -> frozenset[str]:
    """Digests that the papers tell under their own keys, and the parts of the officer's envelope where it is signed."""
    log, case = log_of(package), case_of(package)
    told = {configuration(package.manifest, package.files)}
    if log:
        told.add(log.supersedes)
        told |= {ref for one in log.hazards for each in one.controls for ref in (*each.implemented, *each.effective)}
    if case:
        told |= {case.hazard_log_sha256, case.configuration_sha256}
        told |= {digest for one in case.proofs for digest in (one.sha256, one.configuration_sha256)}
    return frozenset(told | _envelope(package)) - {""}


def _envelope(package: Package) -> set[str]:
    """Only what a signature holds is believed; its payload has no key that a reader does not know."""
    raw = package.files.get(APPROVAL, b"")
    try:
        read_approval(raw, package.manifest.hazards)
    except BadApproval:
        return set()
    told = json.loads(raw)
    return {told["payload"], *(value for one in told["signatures"] for value in one.values())}
