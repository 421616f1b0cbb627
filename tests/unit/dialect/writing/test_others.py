"""Documents, appointments and persons written: each is read back to what it was, or refused with a place."""

from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tabard.dialect import Event
from tabard.dialect.writing import Change, Known, Unsayable, write_appointment, write_document, write_person
from unit.dialect.documents.test_document import ABOUT, LINES, PDF
from unit.dialect.messages import EVENT, ITK, PERSON, VISIT, message, read, resource, resources
from unit.dialect.scheduling.test_appointments import PERSONNEL, PLACE, SCHEDULE, SERVICE, THING
from unit.dialect.writing.addressed import ENVELOPE, PATIENT, known, lines, read_in

BOOKED = read(message("SIU^S12", SCHEDULE, PERSON, VISIT, "RGS|1", SERVICE, "NTE|1||Fasting", PLACE, PERSONNEL, THING))
APPOINTMENT = resource(BOOKED, "Appointment")
FILED = read(message("MDM^T02", EVENT, PERSON, VISIT, ABOUT, LINES, PDF))
DOCUMENT = FILED.drafts[-1].resource
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
    lambda text: text == text.strip()
)


def same(told: dict[str, Any], meant: dict[str, Any], *but: str) -> None:
    """Every element that was written is read as it was meant."""
    assert {name: value for name, value in told.items() if name not in but} == {
        name: value for name, value in meant.items() if name not in but
    }


def test_the_message_of_an_appointment() -> None:
    """SCH, the patient, the visit and all that is booked, in the order of the standard."""
    raw = write_appointment(APPOINTMENT, known(BOOKED), ENVELOPE, ITK, Change.new)
    assert lines(raw)[1:] == [
        "SCH|A1^LOR|F9^PAS|||||CHK^Check-up^L|NEW^New patient^L|30|MIN|^^^20260701100000^20260701103000||||||||||||||Booked",
        r"NTE|1||Fasting\.br\Asked for by the patient",
        "PID|1||M42^^^RXX~9990000018^^^NHS||OKAFOR^ADAEZE^RUTH^^MRS||19710604|2",
        "PV1|1|I|||||||||||||||||70042^^^VISITID",
        "RGS|1",
        "AIS|1|A|CARD^Cardiology^L",
        "AIP|1|A|C9999991^MBEKI^THOMAS^^^Mr|SURG^Surgeon^L||||||||Pending",
        "AIL|1|A|^CLINIC4^^RXX01",
        "AIG|1|A|MRI1^Scanner^L|EQ^Equipment^L",
    ]


def test_an_appointment_is_read_back() -> None:
    """All but the orders and the earlier appointment, which are the record system's own."""
    told = read_in(ITK, write_appointment(APPOINTMENT, known(BOOKED), ENVELOPE, ITK, Change.moved))
    meant = APPOINTMENT | {"supportingInformation": APPOINTMENT["supportingInformation"][-1:]}
    same(resource(told, "Appointment"), meant, "basedOn")
    assert (told.event, told.flags) == (Event.appointment, ())


@pytest.mark.parametrize(
    ("status", "change", "trigger"),
    [
        ("booked", Change.new, "S12"),
        ("booked", Change.moved, "S13"),
        ("pending", Change.changed, "S14"),
        ("cancelled", Change.changed, "S15"),
        ("entered-in-error", Change.changed, "S17"),
        ("noshow", Change.changed, "S26"),
    ],
)
def test_what_became_of_an_appointment_is_its_trigger(status: str, change: Change, trigger: str) -> None:
    """One that ended says so whatever was meant, and is read back as that."""
    raw = write_appointment(APPOINTMENT | {"status": status}, known(BOOKED), ENVELOPE, ITK, change)
    assert lines(raw)[0].split("|")[8].split("^")[1] == trigger
    assert resource(read_in(ITK, raw), "Appointment")["status"] == status


@given(TEXTS, TEXTS, st.sampled_from(["accepted", "declined", "tentative", "needs-action"]))
def test_words_of_an_appointment_are_read_back(comment: str, place: str, status: str) -> None:
    """Any comment and any place in words."""
    room = {
        "type": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "LOC"}]}],
        "actor": {"type": "Location", "display": place},
        "status": status,
    }
    meant = APPOINTMENT | {"comment": comment, "participant": [APPOINTMENT["participant"][0], room]}
    told = resource(read_in(ITK, write_appointment(meant, known(), ENVELOPE, ITK, Change.changed)), "Appointment")
    assert (told["comment"], told["participant"]) == (comment, meant["participant"])


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"status": "checked-in"}, "SCH-25"),
        ({"start": "soon"}, "SCH-11"),
        ({"serviceType": [{"coding": [{"system": "urn:nobody", "code": "x"}]}]}, "AIS-3"),
        ({"participant": [{"actor": {"reference": "Practitioner/unknown"}, "status": "accepted"}]}, "AIP-3"),
        ({"participant": [{"actor": {"reference": "Location/unknown"}, "status": "accepted"}]}, "AIL-3"),
        ({"participant": [{"actor": {"reference": "Device/unknown"}, "status": "accepted"}]}, "AIG-3"),
    ],
)
def test_an_appointment_without_words_is_refused(change: dict[str, Any], place: str) -> None:
    """Status, time, service, person, place and thing: each says where."""
    with pytest.raises(Unsayable) as refusal:
        write_appointment(APPOINTMENT | change, known(), ENVELOPE, ITK, Change.new)
    assert refusal.value.place == place


def test_the_message_of_a_document() -> None:
    """T02 with the scan as an ED and the text as a TX."""
    raw = write_document(DOCUMENT, known(FILED), ENVELOPE, ITK)
    assert lines(raw)[0].split("|")[8] == "MDM^T02^MDM_T02"
    assert lines(raw)[4:] == [
        "TXA|1|DS|AP|20260301100000||20260301110000|||G9999981^HOLT^MIRIAM^^^Dr|||D77^LOR||||letter.txt|AU|2|AV|||^KEN ITO".replace(
            "^KEN ITO", "C9999992^ITO^KEN"
        ),
        "OBX|1|ED|^Scan||^application^pdf^Base64^JVBERi0=||||||F",
        r"OBX|2|TX|||Dear Doctor,\.br\\.br\thank you||||||F",
    ]


def test_a_document_is_read_back() -> None:
    """All but its orders, and the name of the application that made the scan."""
    told = read_in(ITK, write_document(DOCUMENT, known(FILED), ENVELOPE, ITK))
    document = told.drafts[-1].resource
    same(document, DOCUMENT, "context", "content", "securityLabel")
    assert document["securityLabel"][0]["coding"] == DOCUMENT["securityLabel"][0]["coding"]
    assert document["content"][1] == DOCUMENT["content"][1]
    assert document["content"][0]["attachment"]["data"] == "JVBERi0="
    assert not told.flags


@given(
    st.binary(max_size=60),
    st.sampled_from(["application/pdf", "image/png", "text/html", "image/x-odd", "application/rtf"]),
    TEXTS,
)
def test_any_document_is_read_back(content: bytes, kind: str, title: str) -> None:
    """Whatever its bytes, its type and its title."""
    held = {
        "contentType": kind,
        "data": b64encode(content or b"x").decode(),
        "size": len(content or b"x"),
        "title": title,
    }
    meant = DOCUMENT | {"content": [{"attachment": held}], "description": title}
    document = read_in(ITK, write_document(meant, known(FILED), ENVELOPE, ITK)).drafts[-1].resource
    assert (document["content"], document["description"]) == (meant["content"], title)


def test_a_replacement_and_a_document_taken_back() -> None:
    """T10 names the old one, which is superseded when it is read; T11 says that the document should not be."""
    old = {"code": "replaces", "target": {"identifier": {"system": "urn:tabard:document:LOR", "value": "D76"}}}
    told = read_in(ITK, write_document(DOCUMENT | {"relatesTo": [old]}, known(FILED), ENVELOPE, ITK))
    assert [one["status"] for one in resources(told, "DocumentReference")] == ["superseded", "current"]
    raw = write_document(DOCUMENT | {"status": "entered-in-error"}, known(FILED), ENVELOPE, ITK)
    assert lines(raw)[0].split("|")[8] == "MDM^T11^MDM_T01"
    assert read_in(ITK, raw).drafts[-1].resource["status"] == "entered-in-error"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"content": []}, "OBX"),
        ({"content": [{"attachment": {"contentType": "application/pdf"}}]}, "OBX-5"),
        ({"content": [{"attachment": {"contentType": "text/xml", "data": "QQ=="}}]}, "OBX-5.3"),
        ({"docStatus": "amended"}, "TXA-17"),
        ({"type": {"coding": [{"system": "urn:nobody", "code": "x"}]}}, "TXA-2"),
        ({"masterIdentifier": {"system": "urn:nobody", "value": "x"}}, "TXA-12"),
        ({"relatesTo": [{"code": "replaces", "target": {"reference": "DocumentReference/9"}}]}, "TXA-13"),
    ],
)
def test_a_document_without_words_is_refused(change: dict[str, Any], place: str) -> None:
    """Content, type of content, standing, kind, number and the number of what it replaces: each says where."""
    with pytest.raises(Unsayable) as refusal:
        write_document(DOCUMENT | change, known(FILED), ENVELOPE, ITK)
    assert refusal.value.place == place


def test_a_person_is_read_back() -> None:
    """Numbers, names, birth, sex, address, telephone, marital status and death."""
    person = {
        name: told for name, told in PATIENT.items() if name in {"resourceType", "id", "identifier", "name", "gender", "birthDate", "address", "maritalStatus", "telecom"}
    }  # fmt: skip
    person["telecom"] = [
        {"system": "phone", "value": "01632960011", "use": "home"},
        {"system": "email", "value": "a@b.example", "use": "home"},
        {"system": "phone", "value": "01632960012", "use": "work"},
    ]
    person["deceasedDateTime"] = "2026-06-30T04:10:00+01:00"
    told = read_in(ITK, write_person(person, ENVELOPE, ITK))
    assert told.event is Event.update_person
    back = resource(told, "Patient")
    for element, value in person.items():
        if element != "identifier":
            assert back[element] == value, element
    assert [one["value"] for one in back["identifier"]] == [one["value"] for one in PATIENT["identifier"]]


def test_what_a_person_does_not_say_is_left_out() -> None:
    """An update of the address alone sends no name and empties nothing."""
    person = {name: PATIENT[name] for name in ("identifier", "address")}
    pid = lines(write_person(person, ENVELOPE, ITK))[2]
    assert pid == "PID|1||M42^^^RXX~9990000018^^^NHS||||||||14 QUARRY LANE^UPPER STOWE^ELMFORD^DERBYSHIRE^DE1 1AA^GBR^H"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": [{"use": "temp", "family": "X"}]}, "PID-5.7"),
        ({"address": [{"use": "work", "city": "X"}]}, "PID-11.7"),
        ({"telecom": [{"system": "sms", "value": "1", "use": "home"}]}, "PID-13.3"),
        ({"maritalStatus": {"coding": [{"system": "urn:nobody", "code": "M"}]}}, "PID-16"),
    ],
)
def test_a_person_without_words_is_refused(change: dict[str, Any], place: str) -> None:
    """A name, an address, a number and a code that the dialect has no word for."""
    with pytest.raises(Unsayable) as refusal:
        write_person(PATIENT | change, ENVELOPE, ITK)
    assert refusal.value.place == place


def test_a_visit_that_is_not_known_is_not_needed() -> None:
    """A document of a patient who is in no visit has no PV1."""
    raw = write_document(DOCUMENT, Known(PATIENT), ENVELOPE, ITK)
    assert not any(line.startswith("PV1") for line in lines(raw))
