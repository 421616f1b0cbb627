"""Times indexing over all search parameters: Patients, Encounters, and one of every R4 type in turn.

Each resource has a value at every place where a parameter of its type looks. `found` is in memory; `kept` is written to a
record with its index, 50 to a transaction. Resources a second of one core's time, best of 5.

Run: python bench/indexing.py [--json FILE]
"""

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import process_time
from typing import Any

from tabard.fhir import Resource
from tabard.fhir.indexing import rows_of
from tabard.fhir.paths import steps_of
from tabard.fhir.search_parameters import COMMON, parameters_of, searchable_types
from tabard.record import RecordWriter

ROUNDS = 5
MANY = 1000
BATCH = 50
CONCEPT = {"coding": [{"system": "http://snomed.info/sct", "code": "195967001"}, {"code": "J45"}], "text": "Asthma"}
QUANTITY = {"value": 5.4, "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"}
SAMPLES: dict[str, Any] = {
    "boolean": True,
    "present": True,
    "code": "active",
    "string": "Featherstone",
    "spoken": "Featherstone",
    "markdown": "Some words about it",
    "id": "a1",
    "date": "1980-05-17",
    "dateTime": "2026-03-01T08:30:00+00:00",
    "instant": "2026-03-01T08:30:00.000Z",
    "Period": {"start": "2026-03-01T08:30:00+00:00", "end": "2026-03-02"},
    "Timing": {"event": ["2026-03-01", "2026-03-02"]},
    "Identifier": {"system": "urn:example:mrn", "value": "M0000007"},
    "Coding": {"system": "urn:act", "code": "IMP"},
    "CodeableConcept": CONCEPT,
    "ContactPoint": {"system": "phone", "value": "0113 496 0000", "use": "home"},
    "Reference": {"reference": "Patient/p7"},
    "Resource": {"resourceType": "Composition", "id": "c1"},
    "integer": 7,
    "decimal": 0.8,
    "Range": {"low": QUANTITY, "high": QUANTITY},
    "Money": {"value": 9.5, "currency": "GBP"},
    "SampledData": {"origin": QUANTITY, "data": "1 2 3 4 5"},
}


def filled(kind: str) -> Resource:
    """A resource of `kind` with a value at every place where a search parameter looks."""
    resource: Resource = {"resourceType": kind, "id": "a"}
    for parameter in (*COMMON.values(), *parameters_of(kind).values()):
        for place in parameter.places:
            put(resource, [step for step in steps_of(place.path) if step.keeps is None], sample(place.datatype))
    return resource


def sample(datatype: str) -> Any:
    """A value of a datatype."""
    if datatype in {"Quantity", "Age", "Duration"}:
        return QUANTITY
    return SAMPLES.get(datatype, "http://example.org/fhir/thing|1.0")


def put(element: dict[str, Any], steps: Sequence[Any], value: Any) -> None:
    """Put the value at the end of a path; what stands on the way already is kept."""
    first, *others = steps
    if not others:
        element.setdefault(first.name, [value] if first.is_first else value)
        return
    inside = element.setdefault(first.name, {})
    if isinstance(inside, dict):
        put(inside, others, value)


def found(resources: Sequence[Resource]) -> int:
    """Resources a second whose values are found."""
    best = 0.0
    for _ in range(ROUNDS):
        began = process_time()
        for each in resources:
            rows_of(each)
        best = max(best, len(resources) / (process_time() - began))
    return round(best)


def kept(resources: Sequence[Resource]) -> int:
    """New resources a second that are kept in a record, found by everything that they hold."""
    best = 0.0
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            writer = RecordWriter(Path(folder) / "record.db")
            began = process_time()
            for start in range(0, len(resources), BATCH):
                with writer.transaction() as writing:
                    for number, each in enumerate(resources[start : start + BATCH], start):
                        assert writing.put({**each, "id": f"n{number}"}, "bench")
            best = max(best, len(resources) / (process_time() - began))
            writer.close()
    return round(best)


def main() -> None:
    """Print the figures, and write them as JSON where asked."""
    kinds = searchable_types()
    mixed = [filled(kinds[number % len(kinds)]) for number in range(MANY)]
    figures: dict[str, int] = {}
    for name, resources in (
        ("Patient", [filled("Patient")] * MANY),
        ("Encounter", [filled("Encounter")] * MANY),
        ("every type", mixed),
    ):
        rows = sum(len(rows) for each in resources for rows in rows_of(each).values())
        figures |= {
            f"{name}: rows": round(rows / MANY),
            f"{name}: found": found(resources),
            f"{name}: kept": kept(resources),
        }
    for name, value in figures.items():
        print(f"{name:24}{value:10,}")
    if "--json" in sys.argv:
        Path(sys.argv[sys.argv.index("--json") + 1]).write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
