"""A pretend Lorenzo lives a day, and the record knows at its end who lies where: two tellings by strangers that must agree."""

from collections import Counter
from pathlib import Path

from edge.link.linked import Hospital, hospital
from tabard.sandbox import PretendLorenzo

EVENTS = 200


def lying(found: Hospital) -> dict[str, tuple[str, ...]]:
    """Ward and bed by the hospital number in use, of all who are in. Nobody is in twice."""
    numbers = {
        f"Patient/{one['id']}": [
            number["value"]
            for number in one["identifier"]
            if number.get("use") != "old" and number["system"].startswith("urn:")
        ]
        for one in found.all("Patient")
        if one["active"]
    }
    inside = [visit for visit in found.all("Encounter") if visit["status"] == "in-progress"]
    assert max(Counter(visit["subject"]["reference"] for visit in inside).values(), default=1) == 1
    return {
        number: tuple(one["location"]["display"] for one in visit["location"] if one["status"] == "active")
        for visit in inside
        for number in numbers[visit["subject"]["reference"]]
    }


def test_after_a_day_the_record_agrees_with_the_hospital(tmp_path: Path) -> None:
    """Full wards and a day of moves, cancels, discharges, merges and results, told within seconds: every bed agrees."""
    with hospital(tmp_path, "itk-2.4") as found:
        ((host, port),) = found.links.addresses().values()
        lorenzo = PretendLorenzo(host, port, seed=7)
        told = [*lorenzo.fill(0.4), *lorenzo.play(speed=1e9, events=EVENTS)]
        lorenzo.close()
        found.settle()
        counts = found.journal.counts()
        assert {sent.acknowledgement.code for sent in told} == {"AA"}
        assert counts.states == {**dict.fromkeys(counts.states, 0), "applied": len(told)}, counts.parked_reasons
        census = lorenzo.census
        places = {mrn: census.stay(mrn) for mrn in census.inpatients()}
        assert lying(found) == {mrn: (stay.place.ward, stay.place.bed) for mrn, stay in places.items() if stay}
        kinds = Counter(sent.event.kind.name for sent in told)
        assert {"moved", "move_cancelled", "discharged", "discharge_cancelled", "merged"} <= kinds.keys()
