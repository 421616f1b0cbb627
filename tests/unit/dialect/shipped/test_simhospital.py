"""The pretend hospital's dialect: identifiers by type and authority, beds below rooms, A34 as a merge."""

from collections import Counter
from pathlib import Path

import pytest

from tabard.dialect import Event, Untranslatable, translate
from tabard.hl7v2 import parse, split_messages
from unit.dialect.messages import SIMHOSPITAL, ReadableIds, resource, resources

SAMPLE = Path(__file__).resolve().parents[5] / "shared" / "samples" / "hl7v2" / "simhospital.hl7"

PERSON = "PID|1|77^^^SIMULATOR MRN^MRN|77^^^SIMULATOR MRN^MRN~9990000018^^^NHSNBR^NHSNMBR||Weir^Tessa^^^Ms^^CURRENT||19800229000000|F|||1 Pier Road^^Leith^^EH1 1ZZ^GBR^HOME||0131 496 0000^HOME"


def message(event: str, *segments: str) -> bytes:
    header = rf"MSH|^~\&|SIMHOSP|SFAC|RAPP|RFAC|20260508130643||{event}|5|T|2.3|||AL||44|ASCII"
    return "\r".join((header, f"EVN|{event[-3:]}|20260508130643", *segments, "")).encode()


def test_an_admission() -> None:
    """NHS number by type and authority, midnight no birth time, ward PL.1, room PL.2, bed PL.3, visit of PV1-19.5."""
    visit = "PV1|1|I|Ward A^Room 4^Bed 2^Simulated Hospital^^BED|28b|||C006^Woolf^Kay^^^Dr^^^DRNBR|||MED|||||||||6001^^^^visitid"
    ids = ReadableIds()
    translation = translate(parse(message("ADT^A01", PERSON, visit)), SIMHOSPITAL, ids)
    assert ids.key.local == (("urn:tabard:authority:SIMULATOR%20MRN", "77"),)
    assert ids.key.nhs_number == "9990000018"
    patient = resource(translation, "Patient")
    assert (patient["birthDate"], patient["gender"], patient["name"][0]["use"]) == ("1980-02-29", "female", "official")
    assert "_birthDate" not in patient
    assert [one["name"] for one in resources(translation, "Location")] == ["Ward A", "Room 4, Bed 2"]
    encounter = resource(translation, "Encounter")
    assert (encounter["identifier"][0]["system"], encounter["identifier"][0]["value"]) == (
        "urn:tabard:visit:visitid",
        "6001",
    )
    assert not translation.flags


def test_a34_is_a_merge() -> None:
    """The older trigger means the same here."""
    translation = translate(parse(message("ADT^A34", PERSON, "MRG|76^^^SIMULATOR MRN^MRN")), SIMHOSPITAL, ReadableIds())
    assert translation.event is Event.merge
    assert translation.prior_patient_id == "patient-76"


def test_null_says_nothing_here() -> None:
    """This sender's `""` is a habit: nothing is emptied by it."""
    raw = message("ADT^A31", PERSON.replace("|F|", '|""|'))
    (draft,) = [
        one
        for one in translate(parse(raw), SIMHOSPITAL, ReadableIds()).drafts
        if one.resource["resourceType"] == "Patient"
    ]
    assert "gender" not in draft.resource
    assert not draft.cleared


def test_the_sample_is_read_to_the_last_message() -> None:
    """All 400 messages: 232 results, 166 admissions, one merge, and one document."""
    if not SAMPLE.is_file():
        pytest.skip("the samples do not stand beside this checkout")
    told: Counter[str] = Counter()
    for raw in split_messages(SAMPLE.read_bytes()):
        try:
            told[translate(parse(raw), SIMHOSPITAL, ReadableIds()).event] += 1
        except Untranslatable as refusal:
            told[refusal.reason] += 1
    assert told == {Event.result: 232, Event.admit: 166, Event.merge: 1, Event.document: 1}
