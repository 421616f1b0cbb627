"""Reading `safety/case.toml`: all that is wrong is told together, each at its key."""

from tabard.accreditation.errors import BadSafetyCase
from tabard.accreditation.hazards.model import Phase
from tabard.accreditation.hazards.taking import Faults, Taker
from tabard.accreditation.safety.model import Change, Proof, Registration, Remaining, SafetyCase, ThirdParty
from tabard.ground.faults import Fault
from tabard.ground.toml import read_toml

LARGEST_BYTES = 1024 * 1024
RESULTS = ("passed", "failed")
_MOST = 500
_MOST_ISSUES = 100_000


def read_safety_case(raw: bytes) -> SafetyCase:
    """The safety case report of a `safety/case.toml`. Raises BadSafetyCase with every fault of it."""
    try:
        told = read_toml(raw, LARGEST_BYTES)
    except ValueError as fault:
        raise BadSafetyCase.of((Fault("", "TOML in UTF-8", str(fault)),)) from fault
    faults: Faults = []
    case = _case(Taker(told, "", faults))
    if faults:
        raise BadSafetyCase.of(tuple(faults))
    return case


def _case(take: Taker) -> SafetyCase:
    phase = take.word("phase", tuple(Phase))
    case = SafetyCase(
        product=take.line("product"),
        version=take.line("version"),
        issue=take.number("issue", 1, _MOST_ISSUES),
        phase=Phase(phase) if phase else Phase.development,
        hazard_log_sha256=take.sha256("hazard_log_sha256", ""),
        configuration_sha256=take.sha256("configuration_sha256", ""),
        scope=take.prose("scope"),
        intended_use=take.prose("intended_use"),
        risk_management=take.prose("risk_management"),
        tests=take.prose("tests"),
        conclusion=take.prose("conclusion"),
        open_issues=take.texts("open_issues"),
        officer=_officer(take.table("officer")),
        remaining=tuple(_remaining(one) for one in take.tables("remaining", _MOST)),
        transferred=take.ids("transferred", _MOST),
        third_party=tuple(_third_party(one) for one in take.tables("third_party", _MOST)),
        changes=tuple(_change(one) for one in take.tables("change", _MOST)),
        proofs=tuple(_proof(one) for one in take.tables("evidence", _MOST)),
    )
    take.finish()
    return case


def _officer(take: Taker | None) -> Registration | None:
    if take is None:
        return None
    officer = Registration(
        name=take.line("name"),
        profession=take.line("profession"),
        register=take.line("register"),
        number=take.line("number"),
        checked_at=take.day("checked_at"),
        checked_by=take.line("checked_by"),
        expires=take.day("expires"),
        competence=take.texts("competence"),
    )
    take.finish()
    return officer


def _remaining(take: Taker) -> Remaining:
    told = Remaining(take.id("hazard"), take.prose("words"))
    take.finish()
    return told


def _third_party(take: Taker) -> ThirdParty:
    told = ThirdParty(take.ids("components", _MOST), take.prose("assessed"), take.ids("hazards", _MOST))
    take.finish()
    return told


def _change(take: Taker) -> Change:
    told = Change(take.line("version"), take.prose("words"))
    take.finish()
    return told


def _proof(take: Taker) -> Proof:
    told = Proof(
        take.sha256("sha256"), take.line("title"), take.word("result", RESULTS), take.sha256("configuration_sha256")
    )
    take.finish()
    return told
