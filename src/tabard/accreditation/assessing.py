"""Assessing: every rule of the table on one package, and their findings in one report.

The same package with the same tools gives the same bytes on a laptop and at the store: nothing of the time, the machine
or the order in which a rule speaks reaches the report.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TypeVar

from tabard.accreditation.found import failed, sha256
from tabard.accreditation.limiting import LIMIT_S, TookTooLong, within
from tabard.accreditation.model import Finding, Found, Rule, Subject, Tell, Verdict
from tabard.accreditation.probing.ports import CouldNot, Probes
from tabard.accreditation.probing.recording import Trial
from tabard.accreditation.report import Report, TriedAt
from tabard.accreditation.rules_digest import rules_sha256
from tabard.accreditation.table import RULES
from tabard.accreditation.words import shown
from tabard.ground.canonical import canonical
from tabard.product import Package

_MOST = 2000
"""Findings of one rule; nobody reads more, and a report is kept for ever."""

_WORST = (Verdict.error, Verdict.failed, Verdict.not_assessed, Verdict.not_applicable, Verdict.passed)
_OURS = "tell whoever runs this checker: the fault is in it, not in the product"


_Seen = TypeVar("_Seen")


def assess(
    package: Package,
    probes: Probes,
    tell: Tell = lambda _: None,
    rules: tuple[Rule, ...] = RULES,
    limit_s: float = LIMIT_S,
    before: Package | None = None,
) -> Report:
    """The report of `rules` on `package`; `tell` hears what is being done. A rule has `limit_s` seconds.

    `before` is the version before, for the rules that hold one against the other.

    A rule that raises or hangs is told as `error`, a probe that cannot run makes `not_assessed`; neither is ever a pass.
    """
    tell("Looking at the pages in a browser, and at the code")
    subject = replace(gather(package, probes), before=before)
    findings: list[Finding] = []
    for rule in rules:
        tell(rule.title)
        findings += _judged(rule, subject, limit_s)
    manifest = package.manifest
    return Report(
        manifest.id,
        manifest.version,
        package.sha256,
        rules_sha256(rules),
        tuple(findings),
        advisories_sha256="" if isinstance(subject.advisories, CouldNot) else subject.advisories.sha256,
        before_sha256="" if before is None else before.sha256,
        tried=_tried_at(subject.tried),
    )


def _tried_at(tried: Trial | CouldNot) -> TriedAt:
    """Where it was tried, for whoever drafts a decision; nowhere where no part was lived with."""
    if isinstance(tried, CouldNot) or all(one.untried for one in tried.parts):
        return TriedAt()
    return TriedAt(tuple(said for name, said in tried.tools if name == "tabard"), tried.dialects)


def gather(package: Package, probes: Probes) -> Subject:
    """What rules judge: the package, and what each probe saw of it. The probes run side by side; each may fail by itself."""
    with ThreadPoolExecutor(thread_name_prefix="probe") as pool:
        pages = pool.submit(_seen, "the browser", lambda: probes.pages(package))
        checked = pool.submit(_seen, "the static checkers", lambda: probes.checked(package))
        known = pool.submit(_seen, "what reads advisories", probes.advisories)
        tried = pool.submit(_seen, "the trial", lambda: probes.trial(package))
    return Subject(package, pages.result(), checked.result(), known.result(), tried.result())


def _seen(what: str, probe: Callable[[], _Seen | CouldNot]) -> _Seen | CouldNot:
    try:
        return probe()
    except Exception as fault:  # noqa: BLE001  whatever a probe does, the rules that need another still speak
        return CouldNot(f"{what} failed ({type(fault).__name__})", _OURS)


def _judged(rule: Rule, subject: Subject, limit_s: float) -> list[Finding]:
    """What the rule found, in one order; what it raised, that it hung, or that it said nothing, is our error."""
    try:
        told = within(limit_s, lambda: tuple(rule.check(subject)))
    except TookTooLong:
        told = (_error("the rule came to no end in its time"),)
    except Exception as fault:  # noqa: BLE001  a rule that breaks must never look like one that passed
        told = (_error(f"the rule broke with {type(fault).__name__}"),)
    if not told:
        told = (_error("the rule said nothing"),)
    return sorted((_finding(rule, one) for one in _bounded([_proven(one) for one in dict.fromkeys(told)])), key=_order)


def _bounded(told: list[Found]) -> list[Found]:
    """No more than anybody reads, the worst of them; what is left out is no pass."""
    if len(told) <= _MOST:
        return told
    worst = sorted(told, key=lambda one: _WORST.index(one.verdict))
    more = failed(
        "package", f"{_MOST} findings of a rule at the most", f"{len(told)}", "mend what is listed, then ask again"
    )
    return [*worst[:_MOST], more]


def _proven(found: Found) -> Found:
    """A pass that looked at nothing is no pass."""
    if found.verdict is Verdict.passed and not found.looked_at:
        return _error("the rule passed without saying what it looked at", found.place)
    return found


def _error(got: str, place: str = "the checker") -> Found:
    return Found(Verdict.error, place, "a verdict with what it rests on", got, _OURS)


def _finding(rule: Rule, found: Found) -> Finding:
    place, expected, got, remedy = map(shown, (found.place, found.expected, found.got, found.remedy))
    return Finding(rule.id, found.verdict, place, expected, got, remedy, _evidence(rule, found, place), found.measured)


def _evidence(rule: Rule, found: Found, place: str) -> str:
    told = {
        "rule": rule.id,
        "verdict": found.verdict.value,
        "place": place,
        "looked_at": sorted(set(found.looked_at)),
    }
    return sha256(canonical(told))


def _order(finding: Finding) -> tuple[str, ...]:
    return (finding.place, finding.verdict, finding.expected, finding.got)
