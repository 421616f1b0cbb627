"""The clinical safety report as a pure value: what a page, a print or another program shows of a log and its safety case."""

from dataclasses import dataclass

from tabard.accreditation.hazards.model import HazardLog, Owner
from tabard.accreditation.hazards.scheme import Likelihood, Scheme, Severity
from tabard.accreditation.safety.model import Approval, SafetyCase

_OWNERS = {Owner.manufacturer: "The maker", Owner.deployer: "Each hospital", Owner.user: "Who uses it"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the matrix: its rating, and the hazards that lie there before (`first`) and after their controls (`left`)."""

    rating: int
    first: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def words(self) -> str:
        """All of it in words, for who sees no colour."""
        told = [f"before: {', '.join(self.first)}"] if self.first else []
        told += [f"after: {', '.join(self.left)}"] if self.left else []
        return "; ".join(told)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the matrix: one likelihood, and its cells from the least severity to the worst."""

    likelihood: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ControlView:
    """One control, as a line."""

    id: str
    kind: str
    owner: str
    text: str
    implemented: tuple[str, ...]
    effective: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HazardView:
    """One hazard with all that is told of it."""

    id: str
    title: str
    status: str
    causes: tuple[str, ...]
    effect: str
    harm: str
    care_setting: str
    types: tuple[str, ...]
    first: str
    first_why: str
    left: str
    left_why: str
    left_rating: int
    borne: str
    controls: tuple[ControlView, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """The whole report; what nobody has said is "" or empty, and `standing` says in a sentence whether it may be relied upon."""

    product: str
    version: str
    issue: int
    phase: str
    standing: str
    is_approved: bool
    facts: tuple[tuple[str, str], ...]
    severities: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    ratings: tuple[tuple[int, str], ...]
    hazards: tuple[HazardView, ...]
    tasks: tuple[tuple[str, str], ...]
    not_applicable: tuple[tuple[str, str], ...]
    remaining: tuple[tuple[str, str], ...]
    third_party: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str], ...]
    open_issues: tuple[str, ...]
    log_sha256: str


def view(
    log: HazardLog, log_sha256: str, case: SafetyCase | None = None, approval: Approval | None = None
) -> ReportView:
    """The report of a log, of its safety case where there is one, and of who signed them; pure.

    `approval` is one that was found to be over these very files: nothing is checked here.
    """
    return ReportView(
        product=log.product,
        version=log.version,
        issue=log.issue,
        phase=log.phase,
        standing=_standing(log, approval),
        is_approved=approval is not None,
        facts=_facts(case) if case else (),
        severities=tuple((one.code, one.meaning) for one in log.scheme.severity),
        rows=_rows(log),
        ratings=tuple((at, f"{label} ({acceptance})") for at, (label, acceptance) in enumerate(log.scheme.ratings, 1)),
        hazards=_hazards(log),
        tasks=tuple((one.control, one.words) for one in log.to_do),
        not_applicable=tuple(
            (f"{one.type}: {', '.join(one.covers) or 'all'}", one.reason) for one in log.not_applicable
        ),
        remaining=tuple((one.hazard, one.words) for one in case.remaining) if case else (),
        third_party=tuple((", ".join(one.components), one.assessed) for one in case.third_party) if case else (),
        changes=tuple((one.version, one.words) for one in case.changes) if case else (),
        open_issues=case.open_issues if case else (),
        log_sha256=log_sha256,
    )


def _standing(log: HazardLog, approval: Approval | None) -> str:
    if approval is None:
        return "Nobody's signature over this log was found: not for use with real patients."
    who = f"{approval.name}, {approval.register} {approval.number}"
    return f"Approved by {who}, on {approval.at:%d %B %Y}, as issue {log.issue}; key {approval.keyid[:16]}."


def _facts(case: SafetyCase) -> tuple[tuple[str, str], ...]:
    told = [
        ("Intended use", case.intended_use),
        ("Scope", case.scope),
        ("How risk is managed", case.risk_management),
        ("What was tried", case.tests),
        ("Conclusion", case.conclusion),
    ]
    if officer := case.officer:
        looked_up = f"looked up {officer.checked_at} by {officer.checked_by}, holds until {officer.expires}"
        told.append(("Clinical safety officer", f"{officer.name}, {officer.register} {officer.number}; {looked_up}"))
    return (*told, ("Configuration (SHA-256)", case.configuration_sha256 or "not sealed yet"))


def _rows(log: HazardLog) -> tuple[Row, ...]:
    return tuple(
        Row(log.scheme.likelihood[at - 1].code, tuple(_cell(log, log.scheme, severity, at) for severity in Severity))
        for at in reversed(Likelihood)
    )


def _cell(log: HazardLog, scheme: Scheme, severity: Severity, likelihood: Likelihood) -> Cell:
    here = (severity, likelihood)
    first = tuple(one.id for one in log.hazards if (one.initial.severity, one.initial.likelihood) == here)
    left = tuple(one.id for one in log.hazards if (one.residual.severity, one.residual.likelihood) == here)
    return Cell(scheme.rating(severity, likelihood), first, left)


def _hazards(log: HazardLog) -> tuple[HazardView, ...]:
    return tuple(
        HazardView(
            id=one.id,
            title=one.title,
            status=one.status,
            causes=one.causes,
            effect=one.effect,
            harm=one.harm,
            care_setting=one.care_setting,
            types=one.types,
            first=one.initial.words,
            first_why=one.initial.rationale,
            left=one.residual.words,
            left_why=one.residual.rationale,
            left_rating=one.residual.rating,
            borne=f"{one.acceptance.by} ({one.acceptance.role}): {one.acceptance.reason}" if one.acceptance else "",
            controls=tuple(
                ControlView(each.id, each.kind, _OWNERS[each.owner], each.text, each.implemented, each.effective)
                for each in one.controls
            ),
        )
        for one in log.hazards
    )
