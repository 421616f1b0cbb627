"""Makes docs/look-up/capability.md: what a Lorenzo hospital and a Millennium hospital offer over FHIR, and where they differ.

Run by a developer when a test says that the page is old:
    python scripts/generate_capability_page.py
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from tabard.gateway.api.capability import Topics, capability_statement
from tabard.gateway.api.offering import Offering
from tabard.gateway.kept import keepable
from tabard.gateway.ports import Elsewhere, Writes
from tabard.gateway.subscriptions import topics_of, unheard
from tabard.link.ehr.searches import TABLE, searchable

TARGET = Path(__file__).parents[1] / "docs/look-up/capability.md"
_HEAD = """# What is offered over FHIR, and where

Made by `python scripts/generate_capability_page.py` from the CapabilityStatements of two hospitals; a test says when it is old.
Each hospital's own is at `/fhir/metadata`: what its links take back is told there. Here both take all that can be written back.

- **Lorenzo**: everything came by HL7 v2 and is in the record.
- **Millennium**: the census came by HL7 v2; results are asked of Millennium at the moment of the question.

"""
_WRITES = SimpleNamespace(
    types=frozenset({"Appointment", "DocumentReference", "Observation"}), updates_patients=True, largest_bytes=1
)


def statement(elsewhere: Elsewhere) -> dict[str, Any]:
    """The CapabilityStatement of a hospital whose links take back all that can be."""
    writes = cast("Writes", _WRITES)
    offering = Offering(elsewhere, writes, keepable(writes.types, elsewhere), has_audit=True)
    topics = Topics(tuple(topics_of(elsewhere)), unheard(elsewhere))
    return capability_statement(
        "https://hospital.example/fhir", "https://hospital.example/auth", "0", "2026-01-01", elsewhere, offering, topics
    )


def page() -> str:
    """The page."""
    lorenzo, millennium = (_resources(statement(one)) for one in ({}, {kind: searchable(kind) for kind in TABLE}))
    lines = ["## Interactions", "", "| type | Lorenzo | Millennium |", "|---|---|---|"]
    lines += [f"| {kind} | {_codes(lorenzo.get(kind))} | {_codes(millennium.get(kind))} |" for kind in lorenzo]
    lines += [
        "",
        "`batch`, `transaction` (of what is kept here), `history-system` and `Patient/$everything` at both.",
        "",
        f"Topics of subscriptions (subscriptions.md) of every type of the patient's compartment at Lorenzo; at Millennium not of {_unheard()}.",
        "",
    ]
    lines += [
        "## Search parameters",
        "",
        "| type | at both | at Lorenzo only | at Millennium only |",
        "|---|---|---|---|",
    ]
    lines += [_searched(kind, lorenzo[kind], millennium[kind]) for kind in lorenzo if "searchParam" in lorenzo[kind]]
    lines += ["", "## Differences", ""]
    lines += [
        f"- **{kind}**: {_difference(lorenzo[kind], millennium[kind])}"
        for kind in lorenzo
        if _differ(lorenzo[kind], millennium[kind])
    ]
    return _HEAD + "\n".join(lines) + "\n"


def _unheard() -> str:
    return ", ".join(unheard({kind: searchable(kind) for kind in TABLE}))


def _resources(told: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["type"]: one for one in told["rest"][0]["resource"]}


def _codes(resource: Mapping[str, Any] | None) -> str:
    return "" if resource is None else " ".join(f"`{one['code']}`" for one in resource["interaction"])


def _names(resource: Mapping[str, Any]) -> list[str]:
    return [one["name"] for one in resource.get("searchParam", ())]


def _searched(kind: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    both = [name for name in _names(one) if name in _names(other)]
    only = [name for name in _names(one) if name not in both]
    there = [name for name in _names(other) if name not in both]
    return f"| {kind} | {_listed(both)} | {_listed(only)} | {_listed(there)} |"


def _listed(names: Sequence[str]) -> str:
    return " ".join(f"`{name}`" for name in names)


def _differ(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return _codes(one) != _codes(other) or _names(one) != _names(other)


def _difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    codes = [[each["code"] for each in told["interaction"]] for told in (one, other)]
    lacking = [code for code in codes[0] if code not in codes[1]]
    more = [code for code in codes[1] if code not in codes[0]]
    told = [f"not at Millennium: {_listed(lacking)}"] if lacking else []
    told += [f"only at Millennium: {_listed(more)}"] if more else []
    told += ["other search parameters"] if _names(one) != _names(other) else []
    return "; ".join(told) + f". {other['documentation']}" * ("documentation" in other)


if __name__ == "__main__":
    TARGET.write_text(page())
