"""Times the record: putting a Patient and an Encounter, reading one, searching. Medians of 5, in microseconds.

Run: python bench/record.py [--json FILE]
"""

import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from tabard.fhir import Resource
from tabard.record import RecordReader, RecordWriter, Writing

ROUNDS = 5
PAIRS = 1000
BATCH = 50
WARDS = 20


def patient(number: int, *, town: str = "Leeds") -> Resource:
    """A Patient such as an A01 makes."""
    return {
        "resourceType": "Patient",
        "id": f"p{number}",
        "identifier": [
            {"use": "usual", "system": "urn:example:mrn", "value": f"M{number:07}", "assigner": {"display": "RXX"}},
            {"use": "official", "system": "https://fhir.nhs.uk/Id/nhs-number", "value": f"999{number:07}"},
        ],
        "active": True,
        "name": [{"use": "official", "family": f"Tester{number}", "given": ["Ann", "Mary"], "prefix": ["Mrs"]}],
        "telecom": [{"system": "phone", "value": "0113 496 0000", "use": "home"}],
        "gender": "female",
        "birthDate": f"19{number % 90 + 10}-0{number % 9 + 1}-15",
        "address": [{"line": ["1 Mill Lane"], "city": town, "postalCode": "LS1 1AA"}],
        "generalPractitioner": [{"reference": f"Organization/o{number % 7}"}],
    }


def encounter(number: int, *, bed: int = 1) -> Resource:
    """An Encounter such as an A01 makes."""
    return {
        "resourceType": "Encounter",
        "id": f"e{number}",
        "identifier": [{"system": "urn:example:visit", "value": f"V{number:07}"}],
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
        "subject": {"reference": f"Patient/p{number}"},
        "participant": [
            {"type": [{"coding": [{"code": "ATND"}]}], "individual": {"reference": f"Practitioner/d{number % 30}"}}
        ],
        "period": {"start": f"2026-03-0{number % 9 + 1}T08:30:00+00:00"},
        "location": [
            {"location": {"reference": f"Location/w{number % WARDS}"}, "status": "active"},
            {"location": {"reference": f"Location/b{number % WARDS}-{bed}"}, "status": "active"},
        ],
        "serviceProvider": {"reference": "Organization/RXX"},
    }


def in_batches(writer: RecordWriter, work: Callable[[Writing, int], None]) -> float:
    """Microseconds a pair, everything in it, the commits included."""
    began = perf_counter()
    for start in range(0, PAIRS, BATCH):
        with writer.transaction() as writing:
            for number in range(start, start + BATCH):
                with writing.savepoint():
                    work(writing, number)
                    writing.mark_applied(number + 1)
    return (perf_counter() - began) / PAIRS * 1e6


def each(times: int, work: Callable[[int], object]) -> float:
    """Microseconds a call."""
    began = perf_counter()
    for number in range(times):
        work(number)
    return (perf_counter() - began) / times * 1e6


def add(writing: Writing, number: int) -> None:
    """Both resources for the first time."""
    assert writing.put(patient(number), "bench")
    assert writing.put(encounter(number), "bench")


def move(writing: Writing, number: int) -> None:
    """The Patient unchanged, the Encounter in another bed."""
    assert writing.put(patient(number), "bench") is None
    assert writing.put(encounter(number, bed=2), "bench")


def again(writing: Writing, number: int) -> None:
    """Both unchanged."""
    assert writing.put(patient(number), "bench") is None
    assert writing.put(encounter(number, bed=2), "bench") is None


def one_round(folder: Path) -> dict[str, float]:
    """One fresh record, filled, changed, read and searched."""
    writer = RecordWriter(folder / "record.db")
    reader = RecordReader(folder / "record.db")
    found = {
        "put new Patient+Encounter": in_batches(writer, add),
        "put moved Encounter, same Patient": in_batches(writer, move),
        "put both unchanged": in_batches(writer, again),
        "read by id": each(20_000, lambda n: reader.read("Patient", f"p{n % PAIRS}")),
        "search identifier": each(500, lambda n: reader.search("Patient", [("identifier", f"urn:example:mrn|M{n:07}")])),
        "search patient's encounters": each(500, lambda n: reader.search("Encounter", [("patient", f"p{n}"), ("date", "ge2026-03-01")])),
        "ward of 50 with patients": each(
            50,
            lambda n: reader.search(
                "Encounter",
                [("location", f"w{n % WARDS}"), ("status", "in-progress"), ("_include", "Encounter:patient")],
            ),
        ),
    }  # fmt: skip
    reader.close()
    writer.close()
    return found


def main() -> None:
    """Print the medians, and write them as JSON where asked."""
    rounds = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            rounds.append(one_round(Path(folder)))
    medians = {name: round(statistics.median(each[name] for each in rounds), 1) for name in rounds[0]}
    for name, value in medians.items():
        print(f"{name:36}{value:10.1f} us")
    if "--json" in sys.argv:
        Path(sys.argv[sys.argv.index("--json") + 1]).write_text(json.dumps(medians, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
