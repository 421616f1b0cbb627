"""What is translated, what is refused and why, and when it happened."""

from datetime import UTC, datetime

import msgspec
import pytest

from tabard.dialect import Event, Reason, Untranslatable, bundle, load, names, translate
from tabard.dialect.schema import Sender
from tabard.fhir import json
from tabard.hl7v2 import parse
from unit.dialect.messages import (
    EVENT,
    PERSON,
    VISIT,
    ReadableIds,
    admission,
    flags,
    message,
    read,
    resource,
    resources,
    with_field,
)


@pytest.mark.parametrize("event", ["ADT^A60", "ADT^A99", "MFN^M02", "ADT", "ORU^R30", "ACK^R01", "ACK"])
def test_an_event_without_meaning_is_refused(event: str) -> None:
    """A trigger that the dialect does not name is unsupported, and the answer says which are."""
    with pytest.raises(Untranslatable, match="ADT\\^A01") as refusal:
        read(admission(event=event))
    assert (refusal.value.reason, refusal.value.place) == (Reason.unsupported_event, "MSH-9")
    assert refusal.value.got == event
    assert event in refusal.value.message


def test_another_version_is_another_dialect() -> None:
    """A 2.3 message is not read by the rules of 2.4."""
    with pytest.raises(Untranslatable) as refusal:
        read(admission().replace(b"|P|2.4|", b"|P|2.3|"))
    assert (refusal.value.reason, refusal.value.expected, refusal.value.got) == (Reason.wrong_version, "2.4", "2.3")


@pytest.mark.parametrize("word", [b"SMITH", b"SMITH FREDRICA", b"9990000018"])
def test_a_header_word_that_is_none_is_not_repeated(word: bytes) -> None:
    """What stands where the version should be may be anything, a name too: it is not told on."""
    with pytest.raises(Untranslatable) as refusal:
        read(admission().replace(b"|P|2.4|", b"|P|" + word + b"|"))
    assert word.decode() not in str(refusal.value)


@pytest.mark.parametrize(
    ("event", "segments", "missing"),
    [
        ("ADT^A01", (EVENT, VISIT), "PID"),
        ("ADT^A01", (EVENT, PERSON), "PV1"),
        ("ADT^A40", (EVENT, PERSON), "MRG"),
        ("ORU^R01", (PERSON,), "OBR"),
    ],
)
def test_a_missing_segment_is_named(event: str, segments: tuple[str, ...], missing: str) -> None:
    """The refusal says which segment the event needs."""
    with pytest.raises(Untranslatable) as refusal:
        read(message(event, *segments))
    assert (refusal.value.reason, refusal.value.place) == (Reason.missing_segment, missing)


@pytest.mark.parametrize(
    ("evn", "occurred"),
    [
        ("EVN||20260301083000|||U1|20260301082500", datetime(2026, 3, 1, 8, 25, tzinfo=UTC)),
        ("EVN||20260301083100|||U1|", datetime(2026, 3, 1, 8, 31, tzinfo=UTC)),
        ("EVN||20260301083100|||U1|20261301082500", datetime(2026, 3, 1, 8, 31, tzinfo=UTC)),
        ("EVN||20260301|||U1|2026", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
    ],
)
def test_when_it_happened(evn: str, occurred: datetime) -> None:
    """EVN-6, else EVN-2, else MSH-7: the first that names a moment, in UTC."""
    assert read(message("ADT^A01", evn, PERSON, VISIT)).occurred == occurred


@pytest.mark.parametrize(("trigger", "event"), [("A28", Event.register), ("A31", Event.update_person)])
def test_a_person_event_needs_no_visit(trigger: str, event: Event) -> None:
    """A28 and A31 are about the person: a PV1 in them is not a visit."""
    translation = read(message(f"ADT^{trigger}", EVENT, PERSON, "PV1|1|N"))
    assert translation.event is event
    assert not resources(translation, "Encounter")


def test_a_merge_names_both() -> None:
    """The survivor takes on the number of the one given up, as an old one; both keys are asked for."""
    ids = ReadableIds()
    translation = read(message("ADT^A40", EVENT, PERSON, "MRG|M41^^^RXX||||||OKAFOR^ADA"), ids)
    assert (translation.patient_id, translation.prior_patient_id) == ("patient-M42", "patient-M41")
    assert ids.prior_key.local == (("urn:tabard:authority:RXX", "M41"),)
    assert ids.prior_key.family == "OKAFOR"
    old = [one for one in resource(translation, "Patient")["identifier"] if one.get("use") == "old"]
    assert [(one["system"], one["value"]) for one in old] == [("urn:tabard:authority:RXX", "M41")]


@pytest.mark.parametrize("numbers", ["M42^^^RXX", "M42^^^RXX~9990000018^^^NHS"])
def test_a_merge_with_itself_is_refused(numbers: str) -> None:
    """Nobody is replaced by himself."""
    with pytest.raises(Untranslatable) as refusal:
        read(message("ADT^A40", EVENT, PERSON, f"MRG|{numbers}"))
    assert refusal.value.reason is Reason.merge_with_itself


def test_an_nhs_number_that_fails_its_check_merges_nobody() -> None:
    """The registration given up must be named by something that finds it."""
    with pytest.raises(Untranslatable) as refusal:
        read(message("ADT^A40", EVENT, PERSON, "MRG|9990000019^^^NHS"))
    assert (refusal.value.reason, refusal.value.place) == (Reason.no_patient_identifier, "MRG-1")


def test_two_merges_in_one_message_are_refused() -> None:
    """Which number belongs to which person is not guessed."""
    with pytest.raises(Untranslatable) as refusal:
        read(message("ADT^A40", EVENT, PERSON, "MRG|M41^^^RXX", "MRG|M40^^^RXX"))
    assert refusal.value.reason is Reason.several_patients


def test_what_is_left_out_is_said() -> None:
    """A disability is not translated in this version, and the flag says so."""
    translation = read(message("ADT^A28", EVENT, PERSON, "DB1|1|PT"))
    assert ("not-mapped", "DB1") in flags(translation)


def test_no_refusal_and_no_flag_quotes_the_patient() -> None:
    """Flags and refusals tell places and rules; the patient's words stay in the resource."""
    translation = read(admission(person=with_field(with_field(PERSON, 7, "SECRET7"), 8, "SECRET8")))
    assert "SECRET" not in repr(translation.flags)
    with pytest.raises(Untranslatable) as refusal:
        read(admission(person=with_field(PERSON, 3, "SECRET3")))
    assert "SECRET" not in str(refusal.value)


def test_a_bundle_holds_all_and_resolves() -> None:
    """One entry a resource under its own urn:uuid, references pointing to them, the flags last."""
    told = bundle(read(admission(person=with_field(PERSON, 7, "196513"))))
    assert (told["resourceType"], told["type"]) == ("Bundle", "collection")
    urls = [entry["fullUrl"] for entry in told["entry"]]
    assert len(set(urls)) == len(urls)
    visit = next(entry["resource"] for entry in told["entry"] if entry["resource"]["resourceType"] == "Encounter")
    assert visit["subject"]["reference"] in urls
    assert all(place["location"]["reference"] in urls for place in visit["location"])
    outcome = told["entry"][-1]["resource"]
    assert outcome["resourceType"] == "OperationOutcome"
    assert outcome["issue"][0]["details"]["text"].startswith("bad-date at PID-7")
    assert json.decode(json.encode(told)) == told


def test_a_bundle_without_flags_has_no_outcome() -> None:
    """Nothing to say, nothing said."""
    told = bundle(read(admission()))
    assert {entry["resource"]["resourceType"] for entry in told["entry"]} == {
        *("Organization", "Practitioner", "Patient", "Location", "Encounter"),
    }


def test_a_bundle_of_a_merge_shows_who_is_given_up() -> None:
    """The prior registration is an inactive Patient, replaced by the survivor."""
    told = bundle(read(message("ADT^A40", EVENT, PERSON, "MRG|M41^^^RXX")))
    prior = next(entry["resource"] for entry in told["entry"] if entry["resource"]["id"] == "patient-M41")
    assert prior["active"] is False
    assert prior["link"] == [{"other": {"reference": "urn:uuid:patient-M42"}, "type": "replaced-by"}]


@pytest.mark.parametrize("name", names())
def test_the_same_message_gives_the_same_translation(name: str) -> None:
    """Translation is pure: twice the same. Who may send it is another matter."""
    dialect = msgspec.structs.replace(load(name), sender=Sender())
    raw = admission().replace(b"|P|2.4|", f"|P|{dialect.versions[0]}|".encode())
    message_read = parse(raw.replace(b"^NHS|", b"^NHSNBR|"))
    assert translate(message_read, dialect, ReadableIds()) == translate(message_read, dialect, ReadableIds())
