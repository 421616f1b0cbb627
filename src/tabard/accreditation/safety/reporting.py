"""From a package to the value of its clinical safety report: log, safety case, and the officer's word where it is over both."""

from hashlib import sha256

from tabard.accreditation.errors import BadApproval, BadSafetyCase
from tabard.accreditation.hazards.reading import read_hazard_log
from tabard.accreditation.safety.approving import read_approval
from tabard.accreditation.safety.model import APPROVAL, CASE, Approval
from tabard.accreditation.safety.reading import read_safety_case
from tabard.accreditation.safety.viewing import ReportView, view
from tabard.product import Package


def report_of(package: Package) -> ReportView:
    """The report of a package; a safety case that cannot be read, and an approval of other files, are as good as none.

    Raises BadHazardLog where the log cannot be read.
    """
    raw = package.files.get(package.manifest.hazards, b"")
    digest = sha256(raw).hexdigest()
    try:
        case = read_safety_case(package.files.get(CASE, b""))
    except BadSafetyCase:
        case = None
    return view(read_hazard_log(raw), digest, case, _approval(package, digest))


def _approval(package: Package, log_sha256: str) -> Approval | None:
    try:
        found = read_approval(package.files.get(APPROVAL, b""), package.manifest.hazards)
    except BadApproval:
        return None
    case_sha256 = sha256(package.files.get(CASE, b"")).hexdigest()
    return found if (found.log_sha256, found.case_sha256) == (log_sha256, case_sha256) else None
