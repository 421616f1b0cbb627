"""What products write in tests, and what the feed tells of it afterwards."""

from base64 import b64encode
from typing import Any

from tabard.link.out import OutState
from tabard.link.writeback import (
    REASON,
    STATE,
)
from unit.link.writeback.a_hospital import OWN, Hospital, temperature

UCUM = "http://unitsofmeasure.org"


def tag(resource: dict[str, Any]) -> str | None:
    """The state that a resource's tag names."""
    return next((one["code"] for one in resource.get("meta", {}).get("tag", ()) if one["system"] == STATE), None)


def reason(resource: dict[str, Any]) -> str:
    """The reason that a resource tells."""
    return str(next(one["valueString"] for one in resource["extension"] if one["url"] == REASON))


def echo(lines: list[str], **changed: str) -> bytes:
    """Our message as the record system would send it over its feed; `OBX5="36.9"` changes a field of each such line."""
    told = []
    for line in lines:
        fields = line.split("|")
        if fields[0] == "MSH":
            fields[2:4] = ["LORENZO", "RXX"]
        for name, value in changed.items():
            if fields[0] == name[:3]:
                n = int(name[3:])
                fields += [""] * (n + 1 - len(fields))
                fields[n] = value
        told.append("|".join(fields))
    return ("\r".join(told) + "\r").encode()


def document(patient: str, text: str = "All is well.", **more: Any) -> dict[str, Any]:
    """A letter."""
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "identifier": [{"system": OWN, "value": "d1"}],
        "subject": {"reference": f"Patient/{patient}"},
        "content": [{"attachment": {"contentType": "text/plain", "data": b64encode(text.encode()).decode()}}],
        **more,
    }


def appointment(patient: str) -> dict[str, Any]:
    """A booked hour."""
    return {
        "resourceType": "Appointment",
        "status": "booked",
        "identifier": [{"system": OWN, "value": "a1"}],
        "start": "2026-03-09T09:00:00+00:00",
        "end": "2026-03-09T09:30:00+00:00",
        "participant": [{"actor": {"reference": f"Patient/{patient}"}, "status": "accepted"}],
    }


def pressure(patient: str) -> dict[str, Any]:
    """A blood pressure."""
    whole = temperature(patient, own="bp1", code={"coding": [{"system": "http://loinc.org", "code": "85354-9"}]})
    del whole["valueQuantity"]
    parts = (("8480-6", 120), ("8462-4", 80))
    return whole | {
        "component": [
            {
                "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
                "valueQuantity": {"value": value, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"},
            }
            for code, value in parts
        ]
    }


def conclude(hospital: Hospital, number: int | None, state: OutState) -> None:
    """As if the receiver had answered so."""
    assert number is not None
    connection = hospital.outbound._outbox._file.connection
    connection.execute(
        "UPDATE fate SET state = ?, reason = ?, change = (SELECT change + 1 FROM progress) WHERE id = ?",
        (state.value, "refused" if state is OutState.rejected else None, number),
    )
    connection.execute("UPDATE progress SET change = change + 1")
