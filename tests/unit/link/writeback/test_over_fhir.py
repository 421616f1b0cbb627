"""Over FHIR a write is made once: what is unclear waits for a person, and what a fall left open is searched for first."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tabard.fhir import encode
from tabard.ground.errors import PeerError
from tabard.ground.time import Clock
from tabard.link import FhirSettings, LinkSettings, add_link
from tabard.link.write_settings import WriteSettings
from tabard.link.writeback import WriteState
from tabard.link.writeback.marks import STATE
from tabard.record import Stored
from unit.link.itk import adt
from unit.link.writeback.a_hospital import NOW, Hospital, temperature
from unit.link.writeback.writes import tag


@dataclass
class Answer:
    """What became of it."""

    state: str
    told: str = "The record system made it."
    remedy: str = ""
    id: str = ""


@dataclass
class Road:
    """A record system: answers as told, and keeps what it was asked."""

    answers: list[Answer | Exception] = field(default_factory=list)
    asked: list[tuple[str, datetime | None]] = field(default_factory=list)
    there: list[Stored | Exception | None] = field(default_factory=list)
    looks: list[tuple[str, str]] = field(default_factory=list)

    def read(self, resource_type: str, resource_id: str, /) -> Stored | None:
        """What stands there now."""
        self.looks.append((resource_type, resource_id))
        found = self.there.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    def write(self, resource: dict[str, Any], *, identifier: tuple[str, str], since: datetime | None = None) -> Answer:
        """The next answer."""
        assert identifier == ("urn:tabard:written", resource["id"])
        assert "tag" not in resource.get("meta", {})
        self.asked.append((resource["id"], since))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def road() -> Road:
    """A record system over FHIR."""
    return Road()


def hospital(folder: Path, road: Road, clock: Clock = lambda: NOW) -> Hospital:
    """A hospital that writes over FHIR, with one patient."""
    fhir = FhirSettings("http://localhost:1/t", "tabard", {"urn:a": "urn:b"}, key="k.pem")
    write = WriteSettings(("Observation",), "fhir")
    add_link(folder, LinkSettings(name="pas", dialect="itk-2.4", port=0, fhir=fhir, write=write))
    made = Hospital(folder, over_fhir=road, clock=clock)
    made.receive(adt("A01"))
    return made


@pytest.mark.parametrize("state", ["accepted", "rejected", "unclear"])
def test_what_became_of_it_is_shown(tmp_path: Path, road: Road, state: str) -> None:
    """The state and its sentence are the resource's; it is not asked twice."""
    made = hospital(tmp_path, road)
    taken = made.write(temperature(made.patient()))
    road.answers = [Answer(state)]
    made.turn_over_fhir()
    made.turn()
    made.turn_over_fhir()
    held = made.read(taken.write.resource)
    assert held["meta"]["tag"][0]["code"] == state
    assert held["extension"][0]["valueString"] == "The record system made it."
    assert road.asked == [(taken.write.resource.partition("/")[2], None)]
    made.close()


def test_a_record_system_that_is_away_is_asked_again_in_order(tmp_path: Path, road: Road) -> None:
    """What surely did nothing is tried as if it were new; the second waits for the first."""
    made = hospital(tmp_path, road)
    first, second = (made.write(temperature(made.patient(), own=own)).write.resource[12:] for own in ("a", "b"))
    road.answers = [PeerError("It does not answer."), Answer("accepted"), Answer("accepted")]
    made.turn_over_fhir()
    assert made.back.entries()[1].reason == "It does not answer."
    made.turn_over_fhir()
    assert road.asked == [(first, None), (first, None), (second, None)]
    made.close()


def test_a_try_that_a_fall_cut_off_is_searched_for_first(tmp_path: Path, road: Road) -> None:
    """The time of the first try is told: it may be there."""
    made = hospital(tmp_path, road)
    made.write(temperature(made.patient()))
    road.answers = [RuntimeError("the process ends here"), PeerError("away"), Answer("accepted")]
    with pytest.raises(RuntimeError):
        made.turn_over_fhir()
    made.turn_over_fhir()
    made.turn_over_fhir()
    assert [since for _, since in road.asked] == [None, NOW, NOW]
    assert made.back.entries()[0].state is WriteState.accepted
    made.close()


def test_what_is_read_back_confirms_it_and_takes_its_place(tmp_path: Path, road: Road) -> None:
    """Not what was sent but what stands there, under the id here; asked for again a minute later where it cannot be read."""
    now = [NOW]
    made = hospital(tmp_path, road, clock=lambda: now[0])
    taken = made.write(temperature(made.patient()))
    there = {**temperature(made.patient(), 38.2, own=None), "id": "o-there", "meta": {"versionId": "7"}}
    road.answers = [Answer("accepted", id="o-there")]
    road.there = [
        PeerError("It does not answer."),
        None,
        Stored("Observation", "o-there", 7, NOW, encode(there), "millennium"),
    ]
    for _ in range(3):
        made.turn_over_fhir()
        made.turn()
    assert road.looks == [("Observation", "o-there")]
    assert tag(made.read(taken.write.resource)) == "accepted"
    for minutes in (1, 2):
        now[0] = NOW + timedelta(minutes=minutes)
        made.turn_over_fhir()
        made.turn_over_fhir()
        made.turn()
    assert len(road.looks) == 3
    held = made.read(taken.write.resource)
    assert tag(held) is None
    assert (float(held["valueQuantity"]["value"]), held["id"]) == (38.2, taken.write.resource.partition("/")[2])
    assert made.back.entries()[0].state is WriteState.confirmed
    made.turn_over_fhir()
    assert len(road.looks) == 3
    made.close()


def test_what_the_record_system_restricts_is_restricted_here(tmp_path: Path, road: Road) -> None:
    """A label that it was given there comes with it when it is read back: nobody sees it here who may not see it there."""
    made = hospital(tmp_path, road)
    taken = made.write(temperature(made.patient()))
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    tags = [{"system": STATE, "code": "pending"}]
    meta = {"versionId": "7", "security": [label], "tag": tags}
    there = {**temperature(made.patient(), 38.2, own=None), "id": "o-there", "meta": meta}
    road.answers = [Answer("accepted", id="o-there")]
    road.there = [Stored("Observation", "o-there", 7, NOW, encode(there), "millennium")]
    for _ in range(2):
        made.turn_over_fhir()
        made.turn()
    held = made.read(taken.write.resource)
    assert held["meta"]["security"] == [label]
    assert tag(held) is None
    assert made.back.entries()[0].state is WriteState.confirmed
    made.close()


@pytest.mark.parametrize("state", ["accepted", "unclear", "rejected"])
def test_what_has_no_id_there_is_read_back_by_nobody(tmp_path: Path, road: Road, state: str) -> None:
    """Accepted by a person's word, unclear or rejected: nothing is asked for, and nothing is confirmed."""
    made = hospital(tmp_path, road)
    made.write(temperature(made.patient()))
    road.answers = [Answer(state, id="o-there" if state != "accepted" else "")]
    made.turn_over_fhir()
    made.turn_over_fhir()
    assert road.looks == []
    assert made.back.entries()[0].state.value == state
    made.close()
