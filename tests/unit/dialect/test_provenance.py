"""Provenance: what was written, when, by which link, from which message."""

from datetime import UTC, datetime

from tabard.dialect.provenance import message_reference, provenance
from unit.dialect.messages import EVENT, PERSON, VISIT, message, read


def test_a_message_and_what_it_wrote() -> None:
    """Targets, time, link and message are named; the time of the event is its own."""
    translation = read(message("ADT^A01", EVENT, PERSON, VISIT))
    told = provenance(
        translation,
        message_reference("lorenzo", 17),
        "lorenzo",
        datetime(2026, 3, 1, 9, 0, 0, 5000, UTC),
        ["Patient/1", "Encounter/2"],
    )
    assert told == {
        "resourceType": "Provenance",
        "target": [{"reference": "Patient/1"}, {"reference": "Encounter/2"}],
        "recorded": "2026-03-01T09:00:00.005+00:00",
        "occurredDateTime": "2026-03-01T08:25:00.000+00:00",
        "activity": {"coding": [{"system": "urn:tabard:code:event", "code": "admit"}], "text": "admit"},
        "agent": [
            {
                "type": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                            "code": "assembler",
                        }
                    ]
                },
                "who": {"type": "Device", "identifier": {"system": "urn:tabard:link", "value": "lorenzo"}},
            }
        ],
        "entity": [
            {
                "role": "source",
                "what": {"identifier": {"system": "urn:ietf:rfc:3986", "value": "urn:tabard:message:lorenzo:17"}},
            }
        ],
    }


def test_a_time_not_told_is_not_made_up() -> None:
    """A message without a readable time of its event has none in its Provenance."""
    raw = (
        message("ADT^A01", EVENT, PERSON, VISIT)
        .replace(b"|20260301083000|", b"||")
        .replace(b"20260301082500\rPID", b"\rPID")
    )
    raw = raw.replace(b"|20260301083000||ADT", b"|||ADT")
    translation = read(raw)
    assert translation.occurred is None
    told = provenance(translation, "urn:tabard:message:l:1", "l", datetime(2026, 3, 1, tzinfo=UTC), [])
    assert "occurredDateTime" not in told
