"""Messages that wait for another, in a running hospital: over a restart, a person's decision, and an opening load."""

from pathlib import Path

from edge.link.linked import Hospital, hospital
from tabard.ground.time import system_clock
from tabard.link import Control, Opening, close_opening, load_opening, verbs_of
from tabard.link.settling import Decision, note_decision, reject, same_person
from tabard.record import RecordWriter
from unit.link.itk import Who, adt, message, pid, result

JONES = Who("2002", family="JONES", born="19700101")
STRANGER = Who("", "9434765919", "SMYTHE")


def decide(folder: Path, found: Hospital, seq: int, decision: Decision) -> None:
    """A person's decision, as the page of parked identities carries it out."""
    writer = RecordWriter(folder / "record.db")
    with writer.transaction() as writing:
        note_decision(writing, seq, decision, system_clock())
    writer.close()
    found.links.replay((seq,), decision.by, decision.reason)
    found.settle()


def test_what_is_held_outlives_a_restart(tmp_path: Path) -> None:
    """A result waits for its patient while the hospital is stopped and started, and is filed when the patient comes."""
    with hospital(tmp_path, "itk-2.4") as found:
        found.send([result(filler="F1")])
        assert found.held() == {"patient_not_known": 1}
    with hospital(tmp_path, "itk-2.4") as found:
        assert found.held() == {"patient_not_known": 1}
        found.send([adt("A28", JONES)])
        assert found.held() == {"patient_not_known": 1}
        found.send([adt("A28")])
        assert found.held() == {}
        assert len(found.all("DiagnosticReport")) == 1
        assert found.journal.counts().states["applied"] == 3


def test_a_parked_identity_is_settled_and_what_waited_runs_on(tmp_path: Path) -> None:
    """The message and those behind it are filed in order on the patient whom the person named; a rejected one has no effect."""
    with hospital(tmp_path, "itk-2.4") as found:
        found.send(
            [adt("A01", Who(nhs="9434765919")), message("A31", pid(STRANGER)), message("A31", pid(STRANGER, "1"))]
        )
        counts = found.journal.counts()
        assert (counts.parked_reasons, found.held()) == ({"ambiguous_patient": 1}, {"behind": 1})
        (patient,) = found.all("Patient")
        decide(tmp_path, found, 2, same_person(patient["id"], "kim", "asked the ward"))
        counts = found.journal.counts()
        assert (counts.states["applied"], counts.parked_reasons, found.held()) == (3, {}, {})
        (patient,) = found.all("Patient")
        assert patient["gender"] == "male"
        other = message("A31", pid(Who("", "9434765919", "KHAN")))
        found.send([other])
        decide(tmp_path, found, 4, reject("kim", "of another hospital"))
        assert found.journal.line(4).reason == "rejected"
        assert [one.verb for one in found.journal.interventions(4)] == ["replay"]


def test_an_opening_load_beside_a_live_feed(tmp_path: Path) -> None:
    """Loaded while the hospital is served; live messages stand; the feed says since when it is incomplete, until closed."""
    file = tmp_path / "beds.hl7"
    file.write_bytes(adt("A01", at="202603010800") + adt("A01", JONES, "502", "W5^B5", at="202603010800"))
    with hospital(tmp_path, "itk-2.4") as found:
        control = Control(tmp_path, verbs_of(found.links))
        control.start()
        found.send([adt("A02", place="W2^B2", at="202603010900")])
        told: list[tuple[int, int]] = []
        loaded = load_opening(tmp_path, "pas", [file], "kim", system_clock, tell=lambda *at: told.append(at))
        control.stop()
        found.settle()
        assert (loaded.number, loaded.known, told) == (2, 0, [(2, 2)])
        inside = [visit for visit in found.all("Encounter") if visit["status"] == "in-progress"]
        assert {visit["location"][-1]["location"]["display"] for visit in inside} == {"B2", "B5"}
    with hospital(tmp_path, "itk-2.4") as found:
        (feed,) = found.links.feeds()
        state = Opening(tmp_path, "pas").state()
        assert state is not None
        assert feed.incomplete_since == state.since
    assert load_opening(tmp_path, "pas", [file], "kim", system_clock).known == 2
    close_opening(tmp_path, "pas", "kim", "counted", system_clock)
    with hospital(tmp_path, "itk-2.4") as found:
        (feed,) = found.links.feeds()
        assert feed.incomplete_since is None
        assert found.journal.counts().states["waiting"] == 0
