"""Messages in at a socket, through the real journal, to the real record; sent by python-hl7's own client."""

import re
from collections import Counter
from pathlib import Path

import pytest

from edge.link.linked import Hospital, hospital
from unit.link.itk import SMITH, Who, adt, merge, message, pid, result

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "hl7v2"
JONES = Who("2002", family="JONES", born="19700101")


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
    """Admissions, a move, a discharge, results and a merge arrive; what cannot be filed is parked and harms nothing.

    A result that came before its patient is filed once the patient is there.
    """
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
        assert (counts.received, counts.states["applied"], counts.states["parked"]) == (10, 8, 2)
        assert counts.parked_reasons == {"unsupported_event": 1, "visit_of_another_patient": 1}
        assert all(line.detail and line.remedy for line in found.journal.parked())
        assert in_beds(found) == {("501", "WARD2", "BED1")}
        assert Counter(one["active"] for one in found.all("Patient")) == {True: 1, False: 1}
        early, report = sorted(found.all("DiagnosticReport"), key=lambda one: str(one["status"]), reverse=True)
        assert (early["status"], report["status"]) == ("final", "corrected")
        assert sorted(str(one["valueQuantity"]["value"]) for one in found.all("Observation")) == ["98.00", "99.10"]
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
        self.documents: set[str] = set()
        self.observations = self.early = 0
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
        elif kind == "ORU^R01":
            self.early += mrn not in self.patients
            self.reports |= {one[3] for one in segments if one[0] == "OBR"}
            self.observations += sum(one[0] == "OBX" for one in segments)
        elif kind == "MDM^T02":
            self.documents.add(mrn)


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
    """400 messages: each patient, report, value and the merge is there; what came before its patient was filed with them."""
    with hospital(tmp_path, "simhospital") as found:
        assert Counter(found.send(counted.messages)) == {"CA": 400}
        patients = found.all("Patient")
        assert len(patients) == len(counted.patients) == 167
        assert len(found.all("DiagnosticReport")) == len(counted.reports) == 232
        assert len(found.all("Observation")) == counted.observations
        assert len(found.all("Encounter")) == len(counted.admitted) == 166
        (gone,) = [one for one in patients if one["active"] is False]
        (survivor,) = [one for one in patients if f"Patient/{one['id']}" == gone["link"][0]["other"]["reference"]]
        assert tuple(one["identifier"][0]["value"] for one in (gone, survivor)) == ("618454581", "2777246431")
        counts = found.journal.counts()
        assert counted.early == 76
        assert counted.documents - counted.patients
        assert found.held() == {"patient_not_known": len(counted.documents - counted.patients)}
        assert (counts.states["applied"], counts.parked_reasons) == (399, {})


def test_a_sample_in_the_wrong_dialect_is_parked_whole(tmp_path: Path, counted: Counted) -> None:
    """Under the ITK dialect, which takes no tests, every message of a test system is kept and parked."""
    with hospital(tmp_path, "itk-2.4") as found:
        assert Counter(found.send(counted.messages)) == {"CA": 400}
        counts = found.journal.counts()
        assert counts.parked_reasons == {"test_message": 400}
        assert found.all("Patient") == []


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*-*.hl7")) or ["none"])
def test_no_sample_is_lost(tmp_path: Path, name: str) -> None:
    """Each ITK file is applied, each Cerner file applied or parked with its reason."""
    if name == "none":
        pytest.skip("the samples are not beside the checkout")
    raw = (SAMPLES / name).read_bytes().replace(b"\r\n", b"\r").replace(b"\n", b"\r")
    with hospital(tmp_path, "itk-2.4") as found:
        assert set(found.send([raw])) <= {"AA", "CA"}
        counts = found.journal.counts()
        assert counts.states["applied"] + counts.states["parked"] == 1
        assert counts.states["applied"] == name.startswith("itk-")
