"""Findings of a check, for a person and for a machine."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from hashlib import sha256
from itertools import groupby

import msgspec
import typer

from tabard.accreditation import RULES, AdvisorySet, CouldNot, Finding, Verdict
from tabard.product import FILE_NAME, BadManifest, BadPackage

_SIGNS = {
    Verdict.passed: "pass",
    Verdict.failed: "FAIL",
    Verdict.not_applicable: "does not apply",
    Verdict.not_assessed: "NOT ASSESSED",
    Verdict.error: "ERROR (ours)",
}
_WORST = (Verdict.error, Verdict.failed, Verdict.not_assessed, Verdict.not_applicable, Verdict.passed)
_MEND = "mend it; docs/look-up/manifest.md tells what each key may say"
_LABELS = ("expected", "got", "remedy")


def tell_lines(findings: Iterable[Finding]) -> None:
    """A finding a line, in JSON."""
    for finding in findings:
        typer.echo(msgspec.json.encode(asdict(finding)).decode())


def tell_words(findings: Sequence[Finding]) -> None:
    """Rule by rule, what passed in a line and what did not with its place, what was expected and got, and what to do."""
    titles = {rule.id: rule.title for rule in RULES}
    for rule, group in groupby(findings, lambda finding: finding.rule):
        found = tuple(group)
        worst = min((one.verdict for one in found), key=_WORST.index)
        typer.echo(f"{_SIGNS[worst]:<13} {rule}: {titles.get(rule, '')}")
        for one in found:
            if one.verdict is not Verdict.passed:
                _tell_one(one)
    typer.echo(summary(findings))


def summary(findings: Sequence[Finding]) -> str:
    """How it stands, in a sentence or two; what nobody assessed is said plainly."""
    rules = {finding.rule for finding in findings}
    failed = _rules(findings, Verdict.failed, Verdict.error)
    unassessed = _rules(findings, Verdict.not_assessed) - failed
    told = f"{len(rules)} {'rule' if len(rules) == 1 else 'rules'}: {len(rules - failed - unassessed)} passed or do not apply, {len(failed)} failed"
    told += f" ({', '.join(sorted(failed))})." if failed else "."
    if unassessed:
        told += (
            f"\nNOT A PASS: {len(unassessed)} could not be assessed ({', '.join(sorted(unassessed))});"
            " at accreditation a person's review, with its reason, must stand in their place."
        )
    return told


def of_advisories(known: AdvisorySet | CouldNot) -> str:
    """By what components were looked up, and how old that is; or that there was nothing to go by."""
    if isinstance(known, CouldNot):
        return f"Known vulnerabilities were not looked up: {known.reason}."
    count, made = len(known.advisories), f"{known.made:%Y-%m-%d}"
    return f"Looked up among {count:,} advisories of {made}, {known.age_days} days old (sha256 {known.sha256})."


def of_manifest(bad: BadManifest) -> tuple[Finding, ...]:
    """A manifest that cannot be read, as the rule of that name tells it; nothing else could be judged."""
    if not bad.faults:
        return (
            _failed("manifest-sound", bad.where or FILE_NAME, bad.expected or "a manifest", bad.got or bad.message),
        )
    return tuple(
        _failed("manifest-sound", f"{FILE_NAME} {fault.where}", fault.expected, fault.got) for fault in bad.faults
    )


def of_package(bad: BadPackage) -> tuple[Finding, ...]:
    """Files that cannot be a package, as the rule about files tells it; nothing else could be judged."""
    got = f"{bad.message} ({bad.reason}): {bad.got}" if bad.got else f"{bad.message} ({bad.reason})"
    return (_failed("files-accounted", bad.where or "package", bad.expected or "a package", got, bad.remedy or ""),)


def _failed(rule: str, place: str, expected: str, got: str, remedy: str = _MEND) -> Finding:
    evidence = sha256(f"{rule}\n{place}\n{expected}\n{got}".encode()).hexdigest()
    return Finding(rule, Verdict.failed, place, expected, got, remedy, evidence)


def _tell_one(finding: Finding) -> None:
    typer.echo(f"    {finding.place}")
    for label in _LABELS:
        if text := getattr(finding, label):
            typer.echo(f"      {label + ':':<10}{text}")


def _rules(findings: Iterable[Finding], *verdicts: Verdict) -> set[str]:
    return {finding.rule for finding in findings if finding.verdict in verdicts}
