"""Messages in at a socket, through the real journal, to the real record; sent by python-hl7's own client."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hl7.client import MLLPClient

from tabard.dialect import load
from tabard.ground.ids import KeyedIds
from tabard.ground.time import system_clock
from tabard.link import Applier, JournalView, Links, LinkSettings, add_link, journal_of
from tabard.record import RecordReader, RecordWriter
from unit.link.itk import SMITH, Who, adt, merge, message, pid, result

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "hl7v2"
JONES = Who("2002", family="JONES", born="19700101")
PATIENCE_S = 60
KEY = b"ids of a test"


class Hospital:
    """A hospital with one link, and what came of what was sent to it."""

    def __init__(self, folder: Path, links: Links) -> None:
        self.links = links
        self.record = RecordReader(folder / "record.db")
        self.journal: JournalView = journal_of(folder)

    def send(self, messages: list[bytes]) -> list[str]:
        """Send by python-hl7's client, wait until none waits; the acknowledgement codes."""
        ((host, port),) = self.links.addresses().values()
        with MLLPClient(host, port) as client:  # type: ignore[no-untyped-call]  # python-hl7 has no types
            answers = [client.send_message(raw) for raw in messages]
        self.settle()
        return [match[1].decode() for raw in answers if (match := re.search(rb"\rMSA\|(\w\w)\|", raw))]

    def settle(self) -> None:
        """Wait until no message waits."""
        end = time.monotonic() + PATIENCE_S
        while self.journal.counts().states["waiting"]:
            assert time.monotonic() < end, self.links.faults()
            time.sleep(0.02)  # between two looks at another thread's work; no test's outcome hangs on it

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every resource of a type."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = self.record.search(kind, [], count=100, cursor=cursor)
            found += [one.resource() for one in page.matches]
            if (cursor := page.next) is None:
                return found


@contextmanager
def hospital(folder: Path, dialect: str) -> Iterator[Hospital]:
    """A hospital in the folder, its link listening until the end; what waited is applied."""
    if not (folder / "links").exists():
        add_link(folder, LinkSettings(name="pas", dialect=dialect, port=0))
    RecordWriter(folder / "record.db").close()

    def make_applier() -> Applier:
        return Applier(RecordWriter(folder / "record.db"), lambda _: load(dialect), KeyedIds(KEY), system_clock)

    links = Links(folder, make_applier, system_clock)
    links.start()
    try:
        found = Hospital(folder, links)
        found.settle()
        yield found
    finally:
        links.stop()


def in_beds(found: Hospital) -> set[tuple[str, ...]]:
    """Visit number, ward and bed of all who are in."""
    return {
        (
            visit["identifier"][0]["value"],
            *(one["location"]["display"] for one in visit["location"] if one["status"] == "active"),
        )
        for visit in found.all("Encounter")
        if visit["status"] == "in-progress"
    }


def test_a_small_feed_becomes_a_record(tmp_path: Path) -> None:
    """Admissions, a move, a discharge, results and a merge arrive; what cannot be filed is parked and harms nothing."""
    feed = [
        result(filler="F0"),
        adt("A01"),
        adt("A01", JONES, "502", "WARD2^BED7"),
        message("ADT^A99^X", pid()),
        adt("A02", place="WARD2^BED1", at="202603011100"),
        result(filler="F1", visit="501"),
        result(filler="F1", visit="501", value="99.10", status="C"),
        adt("A08", JONES, "501"),
        merge(JONES, SMITH, at="202603011200"),
        adt("A03", JONES, "502", "WARD2^BED7", at="202603011300"),
    ]
    with hospital(tmp_path, "itk-2.4") as found:
        assert found.send(feed) == ["AA"] * len(feed)
        counts = found.journal.counts()
        assert (counts.received, counts.states["applied"], counts.states["parked"]) == (10, 7, 3)
        assert counts.parked_reasons == {"unknown_patient": 1, "unsupported_event": 1, "visit_of_another_patient": 1}
        assert all(line.detail and line.remedy for line in found.journal.parked())
        assert in_beds(found) == {("501", "WARD2", "BED1")}
        assert Counter(one["active"] for one in found.all("Patient")) == {True: 1, False: 1}
        (report,), (value,) = found.all("DiagnosticReport"), found.all("Observation")
        assert report["status"] == "corrected"
        assert str(value["valueQuantity"]["value"]) == "99.10"
        assert {one.source for one in found.record.search("Encounter", [], count=9).matches} == {"urn:tabard:link:pas"}


def test_the_same_feed_gives_the_same_record_after_a_restart(tmp_path: Path) -> None:
    """Stopped and started between messages, with the applied ones given again: nothing is doubled, ids stay."""
    first = [adt("A01"), result(filler="F1")]
    with hospital(tmp_path, "itk-2.4") as found:
        found.send(first)
        before = [(one.id, one.version) for one in found.record.search("Patient", [], count=9).matches]
    with hospital(tmp_path, "itk-2.4") as found:
        assert found.send([*first, adt("A02", place="WARD9^BED9", at="202603011100")]) == ["AA"] * 3
        assert found.journal.counts().states["duplicate"] == 2
        assert [(one.id, one.version) for one in found.record.search("Patient", [], count=9).matches] == before
        assert in_beds(found) == {("501", "WARD9", "BED9")}


class Counted:
    """simhospital.hl7 counted by hand: split by its own line ends, no room of ours asked."""

    def __init__(self, content: bytes) -> None:
        self.messages = [one.strip(b"\r\n") + b"\r" for one in re.split(rb"(?m)(?=^MSH\|)", content) if one.strip()]
        self.types: Counter[str] = Counter()
        self.admitted: set[str] = set()
        self.patients: set[str] = set()
        self.reports: set[str] = set()
        self.observations = self.unknown = self.unsupported = 0
        for raw in self.messages:
            self._count([line.split("|") for line in raw.decode("ascii").split("\r") if line])

    def _count(self, segments: list[list[str]]) -> None:
        kind = segments[0][8]
        mrn = next(one[3].split("^")[0] for one in segments if one[0] == "PID")
        self.types[kind] += 1
        if kind in {"ADT^A01", "ADT^A34"}:
            self.patients.add(mrn)
        if kind == "ADT^A01":
            self.admitted.add(mrn)
        elif kind == "ORU^R01" and mrn not in self.patients:
            self.unknown += 1
        elif kind == "ORU^R01":
            self.reports |= {one[3] for one in segments if one[0] == "OBR"}
            self.observations += sum(one[0] == "OBX" for one in segments)
        elif kind != "ADT^A34":
            self.unsupported += 1


@pytest.fixture(scope="module")
def counted() -> Counted:
    """The sample, where it is there."""
    file = SAMPLES / "simhospital.hl7"
    if not file.is_file():
        pytest.skip("the samples are not beside the checkout")
    found = Counted(file.read_bytes())
    assert found.types == {"ADT^A01": 166, "ORU^R01": 232, "MDM^T02": 1, "ADT^A34": 1}
    return found


def test_simhospital_gives_the_counted_record(tmp_path: Path, counted: Counted) -> None:
    """400 messages: each patient, report, value and the merge is there, and each that is not filed says why."""
    with hospital(tmp_path, "simhospital") as found:
        assert Counter(found.send(counted.messages)) == {"AA": 400}
        patients = found.all("Patient")
        assert len(patients) == len(counted.patients) == 167
        assert len(found.all("DiagnosticReport")) == len(counted.reports) == 156
        assert len(found.all("Observation")) == counted.observations == 1219
        assert len(found.all("Encounter")) == len(counted.admitted) == 166
        (gone,) = [one for one in patients if one["active"] is False]
        (survivor,) = [one for one in patients if f"Patient/{one['id']}" == gone["link"][0]["other"]["reference"]]
        assert tuple(one["identifier"][0]["value"] for one in (gone, survivor)) == ("618454581", "2777246431")
        counts = found.journal.counts()
        assert counts.parked_reasons == {"unknown_patient": counted.unknown, "unsupported_event": counted.unsupported}
        assert counts.parked_reasons == {"unknown_patient": 76, "unsupported_event": 1}
        assert counts.states["applied"] == 400 - 77


def test_a_sample_in_the_wrong_dialect_is_parked_whole(tmp_path: Path, counted: Counted) -> None:
    """Under the ITK dialect every message of another version is kept and parked, and nothing is guessed."""
    with hospital(tmp_path, "itk-2.4") as found:
        assert Counter(found.send(counted.messages)) == {"AA": 400}
        counts = found.journal.counts()
        assert counts.parked_reasons == {"wrong_version": 400}
        assert found.all("Patient") == []


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*-*.hl7")) or ["none"])
def test_no_sample_is_lost(tmp_path: Path, name: str) -> None:
    """Each ITK file is applied, each Cerner file applied or parked with its reason."""
    if name == "none":
        pytest.skip("the samples are not beside the checkout")
    raw = (SAMPLES / name).read_bytes().replace(b"\r\n", b"\r").replace(b"\n", b"\r")
    with hospital(tmp_path, "itk-2.4") as found:
        assert found.send([raw]) == ["AA"]
        counts = found.journal.counts()
        assert counts.states["applied"] + counts.states["parked"] == 1
        assert counts.states["applied"] == name.startswith("itk-")
