"""An assessment as CycloneDX attestations."""

import copy
import json
from dataclasses import replace
from datetime import date
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tabard.accreditation.claims import Assessed, Known, Status, attestation, read_claims, standings
from tabard.accreditation.frameworks import all_frameworks, criterion
from unit.accreditation.claims.test_evidence import TEST
from unit.accreditation.claims.test_judging import FOUND, MENDED, MET, RULES, bound

TODAY = date(2026, 4, 10)
CLAIMS = read_claims(
    f"""
[[claim]]
criterion = "dtac-2.0/C3.3"
state = "done"
evidence = ["sha256:{TEST.sha256}"]
[[claim]]
criterion = "dcb0129-4.2/3.3.1"
state = "done"
evidence = ["hazards.toml"]
[[claim]]
criterion = "wcag-2.2/1.4.3"
state = "todo"
reason = "Nobody has looked at every page."
""".encode(),
    {"hazards.toml": b"log"},
)
ASKED = [criterion(one) for one in ("dtac-2.0/C3.3", "dcb0129-4.2/3.3.1", "wcag-2.2/1.4.3", "tabard/no-secrets")]
KNOWN = bound(
    Known(
        findings=(FOUND,),
        claims=CLAIMS,
        evidence=(TEST,),
        judgements=(replace(MET, criterion="dtac-2.0/C3.3", status=Status.met_with_conditions, conditions=("C1",)),),
        conditions=(MENDED,),
    )
)
STANDINGS = standings(ASKED, KNOWN, TODAY, rules=RULES)
DOCUMENT = attestation(
    Assessed("ward-board", "1.0.0", "Ward board", "c" * 64, "The store"), all_frameworks(), STANDINGS, CLAIMS, (TEST,)
)


def faults(document: dict[str, Any]) -> object:
    return JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(document))


def test_the_strict_schema_finds_nothing_wrong() -> None:
    """And would: a score of two is more than all."""
    assert faults(DOCUMENT) is None
    wrong = copy.deepcopy(DOCUMENT)
    wrong["declarations"]["attestations"][0]["map"][0]["conformance"]["score"] = 2
    assert faults(wrong) is not None


def test_every_reference_leads_to_something_in_the_document() -> None:
    """Requirements, claims, evidence, the target and the assessor."""
    refs, named = set[str](), set[str]()

    def gather(value: Any, key: str = "") -> None:
        if isinstance(value, dict):
            refs.update([value["bom-ref"]] if "bom-ref" in value else [])
            for name, inner in value.items():
                gather(inner, name)
        elif isinstance(value, list):
            for inner in value:
                gather(inner, key)
        elif key in {"requirement", "claims", "evidence", "target", "assessor"}:
            named.add(value)

    gather(DOCUMENT)
    assert named <= refs
    assert len(named) == 4 + 3 + 2 + 1 + 1


def test_what_is_not_assessed_has_no_score() -> None:
    """A number would be read as one."""
    scores = {
        one["requirement"]: one["conformance"].get("score")
        for one in DOCUMENT["declarations"]["attestations"][0]["map"]
    }
    assert scores == {
        "criterion:dtac-2.0/C3.3": 0.5,
        "criterion:dcb0129-4.2/3.3.1": None,
        "criterion:wcag-2.2/1.4.3": 0,
        "criterion:tabard/no-secrets": 1,
    }


def test_frameworks_are_told_with_their_digest_and_no_more_than_was_judged() -> None:
    """A reader can tell by which words it was."""
    told = {one["bom-ref"]: one for one in DOCUMENT["definitions"]["standards"]}
    assert sorted(told) == ["standard:dcb0129-4.2", "standard:dtac-2.0", "standard:tabard-1.0", "standard:wcag-2.2"]
    for each in all_frameworks():
        if f"standard:{each.id}" in told:
            assert each.sha256 in told[f"standard:{each.id}"]["description"]
            assert len(told[f"standard:{each.id}"]["requirements"]) == 1
