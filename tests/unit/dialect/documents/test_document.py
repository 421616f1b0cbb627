"""Documents: what they are, whose, by whom, how finished, and what they replace; one taken back is shown to nobody as current."""

from base64 import b64decode
from typing import Any

import msgspec
import pytest

from tabard.dialect import Event, Reason, Translation, Untranslatable, translate
from tabard.hl7v2 import parse
from unit.dialect.messages import (
    EVENT,
    ITK,
    PERSON,
    VISIT,
    ReadableIds,
    draft,
    flags,
    message,
    read,
    resources,
    with_field,
)

ABOUT = "TXA|1|DS|TX|202603011000|C9999991^MBEKI^THOMAS^^^Mr^^^GMC|202603011100|||G9999981^HOLT^MIRIAM^^^Dr^^^GMP|C9999992^ITO^KEN||D77^LOR|D76^LOR|P77^LOR|F88^PATH|letter.txt|AU|2|AV"
LINES = "OBX|1|TX|T^Letter^L||Dear Doctor,~~thank you"
PDF = "OBX|2|ED|S^Scan^L||LOR^application^pdf^Base64^JVBERi0="


def mdm(trigger: str = "T02", *segments: str, txa: str = ABOUT) -> Translation:
    return read(message(f"MDM^{trigger}", EVENT, PERSON, VISIT, txa, *segments))


def told(translation: Translation) -> dict[str, Any]:
    return translation.drafts[-1].resource


def attachment(obx: str) -> tuple[dict[str, Any], Translation]:
    translation = mdm("T02", obx)
    return told(translation)["content"][0]["attachment"], translation


def test_all_of_a_document() -> None:
    """Number, standing, kind, patient, author, signature, date, label, visit, orders; its text and its scan."""
    translation = mdm("T02", LINES, PDF)
    document = told(translation)
    assert translation.event is Event.document
    assert document["masterIdentifier"] == {"system": "urn:tabard:document:LOR", "value": "D77"}
    assert (document["status"], document["docStatus"]) == ("current", "final")
    assert document["type"]["coding"][0]["display"] == "Discharge summary"
    assert document["subject"]["reference"] == "Patient/patient-M42"
    assert [one["display"] for one in document["author"]] == ["Dr MIRIAM HOLT"]
    assert document["authenticator"]["display"] == "KEN ITO"
    assert document["custodian"]["identifier"]["value"] == "RXX"
    assert document["date"] == "2026-03-01T11:00:00+00:00"
    assert document["securityLabel"][0]["coding"][0]["code"] == "R"
    assert document["context"]["encounter"][0]["identifier"]["value"] == "70042"
    assert document["context"]["period"] == {"start": "2026-03-01T10:00:00+00:00"}
    assert [one["identifier"]["value"] for one in document["context"]["related"]] == ["F88", "P77"]
    scan, text = (one["attachment"] for one in document["content"])
    assert scan == {
        "contentType": "application/pdf",
        "data": "JVBERi0=",
        "size": 5,
        "title": "Scan",
        "extension": [{"url": "urn:tabard:extension:source-text", "valueString": "LOR"}],
    }
    assert b64decode(text["data"]).decode() == "Dear Doctor,\n\nthank you"
    assert (text["contentType"], text["title"]) == ("text/plain; charset=utf-8", "letter.txt")
    assert not translation.flags


@pytest.mark.parametrize(
    ("completion", "availability", "standing"),
    [
        ("AU", "AV", ("current", "final")),
        ("LA", "", ("current", "final")),
        ("DI", "AV", ("current", "preliminary")),
        ("AU", "OB", ("superseded", "final")),
        ("AU", "CA", ("entered-in-error", "final")),
        ("AU", "UN", ("superseded", "final")),
        ("", "", ("current", None)),
    ],
)
def test_the_standing_of_a_document(completion: str, availability: str, standing: tuple[str, str | None]) -> None:
    """TXA-17 says how finished it is, TXA-19 whether it may be used; what may not be used is never current."""
    document = told(mdm("T02", LINES, txa=with_field(with_field(ABOUT, 17, completion), 19, availability)))
    assert (document["status"], document.get("docStatus")) == standing


def test_a_replacement_ends_what_it_replaces() -> None:
    """T10 names the old document, which is superseded by the same message, its content untouched."""
    translation = mdm("T10", LINES)
    old, new = resources(translation, "DocumentReference")
    assert new["relatesTo"] == [
        {
            "code": "replaces",
            "target": {
                "reference": f"DocumentReference/{old['id']}",
                "identifier": {"system": "urn:tabard:document:LOR", "value": "D76"},
            },
        }
    ]
    assert (old["status"], old["masterIdentifier"]["value"]) == ("superseded", "D76")
    assert "content" not in old
    assert not draft(translation, "DocumentReference").cleared
    first = told(mdm("T02", LINES, txa=with_field(ABOUT, 12, "D76^LOR")))
    assert first["id"] == old["id"]


def test_an_addendum_adds_to_what_stays() -> None:
    """T06 appends; the document that it belongs to stays current."""
    translation = mdm("T06", LINES)
    (document,) = resources(translation, "DocumentReference")
    assert document["relatesTo"][0]["code"] == "appends"


def test_an_edit_changes_the_document_itself() -> None:
    """T08 under the same number is amended, and relates to nothing."""
    document = told(mdm("T08", LINES, txa=with_field(ABOUT, 13, "")))
    assert (document["docStatus"], "relatesTo" in document) == ("amended", False)


def test_a_document_taken_back_is_an_error() -> None:
    """T11 brings no content and takes none away; status and docStatus say that it should never have been."""
    translation = mdm("T11", txa=with_field(ABOUT, 13, ""))
    document = told(translation)
    assert (document["status"], document["docStatus"]) == ("entered-in-error", "entered-in-error")
    assert "content" not in document
    assert document["id"] == told(mdm("T02", LINES))["id"]


def test_a_replacement_of_nothing_is_flagged() -> None:
    """Without TXA-13 the old document stays, and a person is told."""
    assert ("missing", "TXA-13") in flags(mdm("T10", LINES, txa=with_field(ABOUT, 13, "")))


@pytest.mark.parametrize(
    ("trigger", "number", "reason"),
    [("T08", "", Reason.no_number), ("T11", "", Reason.no_number), ("T12", "D77", Reason.unsupported_event)],
)
def test_a_change_of_no_document_is_refused(trigger: str, number: str, reason: Reason) -> None:
    """A change must say of which document; a trigger must mean something."""
    with pytest.raises(Untranslatable) as refusal:
        mdm(trigger, LINES, txa=with_field(ABOUT, 12, number))
    assert refusal.value.reason is reason


def test_a_new_document_without_number_is_kept() -> None:
    """It can never be changed, and says so."""
    translation = mdm("T02", LINES, txa=with_field(ABOUT, 12, ""))
    assert ("missing", "TXA-12") in flags(translation)
    assert told(translation)["content"]


@pytest.mark.parametrize(
    ("value", "held"),
    [
        ("^application^pdf^Base64^JVBE\\.br\\Ri0=", {"contentType": "application/pdf", "data": "JVBERi0=", "size": 5}),
        ("^AP^PDF^Hex^255044462d", {"contentType": "application/pdf", "data": "JVBERi0=", "size": 5}),
        ("^text^html^A^<p>a</p>", {"contentType": "text/html", "data": "PHA+YTwvcD4=", "size": 8}),
        ("^image^x-odd^Base64^JVBERi0=", {"contentType": "image/x-odd", "data": "JVBERi0=", "size": 5}),
    ],
)
def test_a_document_inside_is_taken_out(value: str, held: dict[str, Any]) -> None:
    """ED in any of its encodings, with the MIME type that the dialect reads."""
    got, translation = attachment(f"OBX|1|ED|||{value}")
    assert {name: got[name] for name in held} == held
    assert not translation.flags


@pytest.mark.parametrize(
    "value",
    [
        "^application^pdf^Base64^JVB*",
        "^application^pdf^^JVBERi0=",
        "^application^pdf^Hex^0",
        "alone",
        "^application^pdf^Base64^JVBE"[:-1],
    ],
)
def test_a_document_that_cannot_be_taken_out_is_kept_as_sent(value: str) -> None:
    """No half document is shown: the text stays beside the element, and a flag says so."""
    got, translation = attachment(f"OBX|1|ED|||{value}")
    assert "data" not in got
    assert got["_data"]["extension"][0]["valueString"] == value
    assert ("bad-document", "OBX-5") in flags(translation)


def test_a_document_beyond_the_bound_is_told_by_its_size() -> None:
    """Larger than the dialect's largest: its size and a flag, and the journal keeps the message."""
    documents = msgspec.structs.replace(ITK.documents, largest_bytes=4)
    small = msgspec.structs.replace(ITK, documents=documents)
    raw = message("MDM^T02", EVENT, PERSON, VISIT, ABOUT, PDF)
    translation = translate(parse(raw), small, ReadableIds())
    got = told(translation)["content"][0]["attachment"]
    assert (got["size"], "data" in got) == (5, False)
    assert ("too-large", "OBX-5") in flags(translation)


def test_a_pointer_is_kept_and_never_followed() -> None:
    """RP is a URL where it is one; a script or a path with spaces is only text."""
    got, _ = attachment("OBX|1|RP|||https://store.example/d/1^^application^pdf")
    assert got["url"] == "https://store.example/d/1"
    for bad in ("javascript:alert(1)", "C:\\X5C\\letters today", "data:text/html,x"):
        got, translation = attachment(f"OBX|1|RP|||{bad}^^application^pdf")
        assert "url" not in got
        assert ("bad-document", "OBX-5") in flags(translation)


def test_a_document_that_brings_nothing_says_so() -> None:
    """T01 tells of a document without bringing it."""
    assert told(mdm("T01"))["content"][0]["attachment"]["_data"]["extension"][0]["valueCode"] == "unknown"


def test_a_kind_of_the_senders_own_is_kept() -> None:
    """A code with its system is of that; one without is text, and flagged."""
    document = told(mdm("T02", LINES, txa=with_field(ABOUT, 2, "LET^Clinic letter^LOR")))
    assert document["type"]["coding"][0]["system"] == "urn:tabard:coding:LOR"
    translation = mdm("T02", LINES, txa=with_field(ABOUT, 2, "LET"))
    assert told(translation)["type"] == {"text": "LET"}
    assert ("unknown-code", "TXA-2") in flags(translation)
