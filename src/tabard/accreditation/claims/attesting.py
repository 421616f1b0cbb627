"""One assessment as CycloneDX attestations: standards, claims, evidence and how each criterion stands, for others' tools.

Written by ourselves: the library reads declarations and drops them again. Source: CycloneDX 1.6, `definitions` and `declarations`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tabard.accreditation.claims.evidence import Evidence
from tabard.accreditation.claims.judgement import Status
from tabard.accreditation.claims.judging import Standing
from tabard.accreditation.claims.model import Claims
from tabard.accreditation.frameworks import Criterion, Framework

_SCORES = {Status.met: 1, Status.met_with_conditions: 0.5, Status.not_met: 0}
"""What is not applicable or not assessed has no score: a number would be read as one."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """What was assessed: a package, by its product's id, version, name and SHA-256, and the name of who assessed it."""

    product: str
    version: str
    title: str
    package_sha256: str
    assessor: str


def attestation(
    assessed: Assessed,
    frameworks: Iterable[Framework],
    found: Iterable[Standing],
    claims: Claims,
    evidence: Iterable[Evidence] = (),
) -> dict[str, Any]:
    """The document as plain JSON, the same for the same assessment: it holds no moment of its own and nobody's name but theirs.

    `found` are the standings that are told; of the frameworks only the criteria they speak of are.
    """
    standings = tuple(found)
    told = {one.criterion for one in standings}
    shelf = tuple(frameworks)
    criteria = [one for each in shelf for one in each.criteria if one.id in told]
    target = f"package:{assessed.package_sha256}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "definitions": {"standards": [_standard(each, told) for each in shelf if _told_of(each, told)]},
        "declarations": {
            "assessors": [{"bom-ref": "assessor", "thirdParty": True, "organization": {"name": assessed.assessor}}],
            "attestations": [
                {
                    "summary": f"{assessed.title} {assessed.version}",
                    "assessor": "assessor",
                    "map": [_mapped(one, claims) for one in standings],
                }
            ],
            "claims": [_claim(one, claims, target) for one in criteria if claims.of(one.id)],
            "evidence": _evidence(standings, claims, tuple(evidence)),
            "targets": {"components": [_component(assessed, target)]},
        },
    }


def _told_of(each: Framework, told: set[str]) -> bool:
    return any(one.id in told for one in each.criteria)


def _standard(each: Framework, told: set[str]) -> dict[str, Any]:
    return {
        "bom-ref": f"standard:{each.id}",
        "name": each.title,
        "version": each.version,
        "description": f"{each.source}. SHA-256 of what was judged by: {each.sha256}",
        "requirements": [
            {"bom-ref": f"criterion:{one.id}", "identifier": one.number, "title": one.title, "text": one.asks}
            for one in each.criteria
            if one.id in told
        ],
    }


def _mapped(one: Standing, claims: Claims) -> dict[str, Any]:
    rationale = f"{one.status.replace('_', ' ')}: {'; '.join(one.because)}"
    mapped: dict[str, Any] = {"requirement": f"criterion:{one.criterion}"}
    if claims.of(one.criterion):
        mapped["claims"] = [f"claim:{one.criterion}"]
    conformance: dict[str, Any] = {"rationale": rationale}
    if one.status in _SCORES:
        conformance["score"] = _SCORES[one.status]
    if one.conditions:
        conformance["rationale"] += f"; on condition: {'; '.join(one.conditions)}"
    return {**mapped, "conformance": conformance}


def _claim(one: Criterion, claims: Claims, target: str) -> dict[str, Any]:
    claim = claims.of(one.id)
    refs = [f"evidence:{ref.sha256}" for ref in claim.evidence] if claim else []
    said = (claim.answer, claim.reason) if claim else ()
    return {
        "bom-ref": f"claim:{one.id}",
        "target": target,
        "predicate": f"{claim.state if claim else ''}: {one.title}",
        "reasoning": " ".join(part for part in said if part),
        "evidence": refs,
    }


def _evidence(standings: tuple[Standing, ...], claims: Claims, items: tuple[Evidence, ...]) -> list[dict[str, Any]]:
    """Each digest once: those of the ledger with what they are, files by their names, what rules looked at as such."""
    known = {one.sha256: one for one in items}
    names = {ref.sha256: ref.file for claim in claims.claims for ref in claim.evidence if ref.file}
    digests = [sha256 for one in standings for sha256 in one.evidence]
    digests += [ref.sha256 for claim in claims.claims for ref in claim.evidence]
    return [_item(one, known.get(one), names.get(one, "")) for one in dict.fromkeys(digests)]


def _item(sha256: str, item: Evidence | None, file: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "bom-ref": f"evidence:{sha256}",
        "description": item.title if item else (f"{file} in the package" if file else "what a rule looked at"),
        "data": [{"name": "SHA-256", "contents": {"attachment": {"content": sha256}}, "classification": "public"}],
    }
    if item:
        told |= {"propertyName": item.kind, "created": f"{item.made}T00:00:00Z"}
        told |= {"expires": f"{item.expires}T00:00:00Z"} if item.expires else {}
    return told


def _component(assessed: Assessed, target: str) -> dict[str, Any]:
    return {
        "type": "application",
        "bom-ref": target,
        "name": assessed.product,
        "version": assessed.version,
        "hashes": [{"alg": "SHA-256", "content": assessed.package_sha256}],
    }
