"""The JSON Schemas of `hazards.toml` and `safety/case.toml`, for editors and for whoever makes one by a program."""

import json
from importlib import resources
from typing import Any


def _schema(room: str, name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        resources.files(f"tabard.accreditation.{room}").joinpath(name).read_text(encoding="utf-8")
    )
    return told


HAZARDS_SCHEMA = _schema("hazards", "hazards.schema.json")
"""Says all that can be said of a hazard log by itself; that a rating is the table's, the rules say."""

CASE_SCHEMA = _schema("safety", "case.schema.json")
"""Says all that can be said of a safety case report by itself."""
