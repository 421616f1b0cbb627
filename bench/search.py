"""Times search: a patient's results by code and date, twenty to a page, and dearer questions besides.

Rate and 99th percentile of the first on SQLite, at 10,000 resources, or at as many as --resources tells; with both, the
ratio of the percentiles. The dearer ones are medians in milliseconds.

Run: python bench/search.py [--resources 1000000] [--json FILE]
"""

import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from tabard.fhir import Resource
from tabard.record import RecordReader, RecordWriter

FEW = 10_000
EACH = 100
CODES = 5
BATCH = 50
SEARCHES = 2000
PAGE = 20
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
DEARER = (
    "Observation?patient={p}&_sort=-date&_count=20",
    "Observation?patient={p}&code=code1&value-quantity=ge5",
    "Observation?patient={p}&code-value-quantity=code1$ge5",
    "Observation?code=code1&patient.family:exact=Tester{p}",
    "Patient?_has:Observation:patient:code=code1&family=tester{p}",
    "Patient?_id={p}&_revinclude=Observation:patient",
    "Patient?_sort=family&_count=20&_total=none",
    "Patient?family:contains=ester{p}",
    "Patient?gender:not=female&family=tester{p}",
)

Pairs = Sequence[tuple[str, str]]


def patient(number: int) -> Resource:
    """A Patient."""
    return {
        "resourceType": "Patient",
        "id": f"p{number}",
        "identifier": [{"system": "urn:example:mrn", "value": f"M{number:07}"}],
        "name": [{"family": f"Testerp{number}", "given": ["Ann"]}],
        "gender": "male" if number % 2 else "female",
        "birthDate": f"19{number % 90 + 10}-05-17",
    }


def observation(patient_number: int, number: int) -> Resource:
    """One of a patient's hundred results: one of five codes, twenty days each."""
    return {
        "resourceType": "Observation",
        "id": f"o{patient_number}-{number}",
        "status": "final",
        "category": [{"coding": [{"system": "urn:category", "code": "laboratory"}]}],
        "code": {"coding": [{"system": LOINC, "code": f"code{number % CODES}"}]},
        "subject": {"reference": f"Patient/p{patient_number}"},
        "effectiveDateTime": f"2026-03-{number // CODES + 1:02}T08:30:00+00:00",
        "valueQuantity": {"value": number / 10, "unit": "mmol/L", "system": UCUM, "code": "mmol/L"},
    }


def fill(path: Path, resources: int) -> int:
    """A record of so many resources; how many patients they are about."""
    patients = resources // (EACH + 1)
    writer = RecordWriter(path, durable=False)
    for start in range(0, patients, BATCH):
        with writer.transaction() as writing:
            for number in range(start, min(start + BATCH, patients)):
                writing.put(patient(number), "bench")
                for at in range(EACH):
                    writing.put(observation(number, at), "bench")
    writer.close()
    return patients


def everywhere(_: str) -> tuple[()]:
    """No limit on what is gone through."""
    return ()


def timed(reader: RecordReader, kind: str, pairs: Pairs) -> tuple[float, int]:
    """Seconds, and matches."""
    began = perf_counter()
    page = reader.search(kind, pairs, may_reach=everywhere)
    return perf_counter() - began, len(page.matches)


def results(reader: RecordReader, patients: int) -> dict[str, float]:
    """The rate and the percentiles of a patient's results by code and date."""
    took: list[float] = []
    for number in range(SEARCHES):
        who = number * 7919 % patients
        pairs = [
            ("patient", f"p{who}"),
            ("code", f"{LOINC}|code{number % CODES}"),
            ("date", "ge2026-03-01"),
            ("_count", str(PAGE)),
        ]
        seconds, matches = timed(reader, "Observation", pairs)
        assert matches == PAGE
        took.append(seconds)
    ordered = sorted(took)
    return {
        "a second": round(SEARCHES / sum(took)),
        "median ms": round(ordered[SEARCHES // 2] * 1e3, 3),
        "p99 ms": round(ordered[SEARCHES * 99 // 100] * 1e3, 3),
    }


def dearer(reader: RecordReader, patients: int) -> dict[str, float]:
    """Medians of the others."""
    found = {}
    for text in DEARER:
        kind, _, query = text.partition("?")
        took = []
        for number in range(5):
            told = query.format(p=f"p{number * 31 % patients}")
            pairs = [(name, value) for name, _, value in (pair.partition("=") for pair in told.split("&"))]
            took.append(timed(reader, kind, pairs)[0])
        found[f"ms {text}"] = round(statistics.median(took) * 1e3, 2)
    return found


def measured(resources: int) -> dict[str, float]:
    """All figures at a size."""
    with tempfile.TemporaryDirectory() as folder:
        patients = fill(Path(folder) / "record.db", resources)
        reader = RecordReader(Path(folder) / "record.db")
        found = results(reader, patients) | dearer(reader, patients)
        reader.close()
    return found


def main() -> None:
    """Print the figures, and write them as JSON where asked."""
    sizes = [FEW, *([int(sys.argv[sys.argv.index("--resources") + 1])] if "--resources" in sys.argv else [])]
    found = {f"{size:,}": measured(size) for size in sizes}
    for size, figures in found.items():
        print(f"{size} resources")
        for name, value in figures.items():
            print(f"  {name:66}{value:10,}")
    if len(found) > 1:
        first, last = (found[f"{size:,}"]["p99 ms"] for size in sizes)
        print(f"p99 {last / first:.2f} times as long")
    if "--json" in sys.argv:
        Path(sys.argv[sys.argv.index("--json") + 1]).write_text(json.dumps(found, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
