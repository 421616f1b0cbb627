"""Write the names of HL7 v2 fields and components anew, from the tables of the development library `hl7apy`.

Run as `.venv/bin/python scripts/hl7_names.py`. Source: HL7 v2.5, chapters 2A to 15.
"""

import json
from pathlib import Path
from typing import Any

from hl7apy.v2_5.segments import SEGMENTS

TARGET = Path(__file__).parent.parent / "src/tabard/hl7v2/names.json"
SHORT = {"ID", "SSN", "DNA", "UPIN", "VIP", "NM", "ICD", "DRG", "OID", "TM"}


def main() -> None:
    """The segments of the standard, each field by name and type; the components of each type by name."""
    defined: dict[str, Any] = dict(SEGMENTS)
    segments: dict[str, list[list[str]]] = {}
    types: dict[str, list[str]] = {}
    for name, (_, fields) in sorted(defined.items()):
        if fields is None or len(name) != 3:  # noqa: PLR2004  a segment's name has three signs
            continue
        segments[name] = [[_words(field[1][3].removesuffix(f"_{name}")), field[1][2]] for field in fields]
        for field in fields:
            _note(field[1], types)
    TARGET.write_text(json.dumps({"segments": segments, "types": types}, separators=(",", ":"), sort_keys=True) + "\n")


def _note(told: Any, types: dict[str, list[str]]) -> None:
    if told[0] == "sequence" and told[2] not in types:
        types[told[2]] = [_words(part[1][3]) for part in told[1]]


def _words(name: str) -> str:
    words = [word if word in SHORT else word.lower() for word in name.split("_")]
    told = " ".join([words[0] if words[0] in SHORT else words[0].capitalize(), *words[1:]])
    return told.replace(" s ", "'s ").replace("Date time", "Date and time").replace("date time", "date and time")


if __name__ == "__main__":
    main()
