"""Orders: who asked for what, how urgently, and how it stands; a change finds the order that it changes."""

import pytest

from tabard.dialect import Event, Reason, Translation, Untranslatable
from unit.dialect.messages import PERSON, VISIT, draft, flags, message, read, resource, resources, with_field

CONTROL = "ORC|NW|P77^LOR|F88^PATH|G1^LOR|IP||^^^20260302090000^^S|P70&LOR^F70&PATH|20260301083000|||C9999991^MBEKI^THOMAS^^^Mr^^^GMC"
ASKED = "OBR|1|P77^LOR|F88^PATH|UE^Urea and electrolytes^PATH|||||||||On warfarin||BLD&Blood^^from the line^LA&Left arm|||||||||CH|||||||R06^Breathless^I10"


def order(*segments: str) -> Translation:
    return read(message("ORM^O01", PERSON, VISIT, *(segments or (CONTROL, ASKED))))


def test_all_of_an_order() -> None:
    """Numbers, status, urgency, what, for whom, on which visit, when, why, by whom, from what, after which, and the notes."""
    translation = order(CONTROL, ASKED, "NTE|1||Please ring")
    told = resource(translation, "ServiceRequest")
    assert translation.event is Event.order
    assert [(one["type"]["coding"][0]["code"], one["system"], one["value"]) for one in told["identifier"]] == [
        ("PLAC", "urn:tabard:order:LOR", "P77"),
        ("FILL", "urn:tabard:order:PATH", "F88"),
    ]
    assert told["requisition"]["value"] == "G1"
    assert (told["status"], told["intent"], told["priority"]) == ("active", "order", "stat")
    assert told["code"]["text"] == "Urea and electrolytes"
    assert told["subject"]["reference"] == "Patient/patient-M42"
    assert told["encounter"]["identifier"] == {"system": "urn:tabard:visit:VISITID", "value": "70042"}
    assert told["authoredOn"] == "2026-03-01T08:30:00+00:00"
    assert told["occurrenceDateTime"] == "2026-03-02T09:00:00+00:00"
    assert told["requester"]["display"] == "Mr THOMAS MBEKI"
    assert told["reasonCode"][0]["text"] == "Breathless"
    assert told["basedOn"] == [
        {"type": "ServiceRequest", "identifier": {"system": "urn:tabard:order:PATH", "value": "F70"}}
    ]
    assert told["specimen"] == [{"type": "Specimen", "display": "Blood, from the line, Left arm"}]
    assert told["category"][0]["coding"][0]["code"] == "CH"
    assert told["note"] == [{"text": "On warfarin"}, {"text": "Please ring"}]
    assert not translation.flags


@pytest.mark.parametrize(
    ("control", "status", "told"),
    [
        ("NW", "", "active"),
        ("SC", "CM", "completed"),
        ("SC", "HD", "on-hold"),
        ("CA", "IP", "revoked"),
        ("HD", "IP", "on-hold"),
        ("DE", "", "unknown"),
        ("", "CM", "completed"),
        ("", "", "unknown"),
    ],
)
def test_how_an_order_stands(control: str, status: str, told: str) -> None:
    """ORC-1 decides when it ends or holds the order, else ORC-5; nothing is called active that was not sent as such."""
    orc = with_field(with_field(CONTROL, 1, control), 5, status)
    assert resource(order(orc, ASKED), "ServiceRequest")["status"] == told


def test_codes_not_known_are_flagged() -> None:
    """An unknown control, status or urgency says so and is not guessed at."""
    orc = with_field(with_field(with_field(CONTROL, 1, "QQ"), 5, "QQ"), 7, "^^^^^Q")
    translation = order(orc, ASKED)
    assert {("unknown-code", "ORC-1"), ("unknown-code", "ORC-5"), ("unknown-code", "ORC-7")} <= flags(translation)
    assert resource(translation, "ServiceRequest")["status"] == "unknown"
    assert "priority" not in resource(translation, "ServiceRequest")


def test_a_cancel_that_says_little_takes_nothing_away() -> None:
    """An ORC alone ends the order it names; what it does not say of it stays as it was."""
    first, cancel = order(), order("ORC|CA|P77^LOR")
    told = draft(cancel, "ServiceRequest")
    assert told.resource["id"] == resource(first, "ServiceRequest")["id"]
    assert told.resource["status"] == "revoked"
    assert "code" not in told.resource
    assert not told.cleared


def test_several_orders_under_one_number_are_apart() -> None:
    """Two tests asked for under one placer's number are two requests."""
    other = with_field(ASKED, 4, "LFT^Liver^PATH")
    ids = [one["id"] for one in resources(order(CONTROL, ASKED, other), "ServiceRequest")]
    assert len(ids) == len(set(ids)) == 2


def test_an_order_without_numbers_is_flagged() -> None:
    """It is kept under this very message, and the gap is told."""
    assert ("missing", "ORC-2") in flags(order("ORC|NW", "OBR|1|||UE^Urea^PATH"))


def test_a_message_of_no_order_is_refused() -> None:
    """Nothing is made up."""
    with pytest.raises(Untranslatable) as refusal:
        order("NTE|1||nothing")
    assert refusal.value.reason is Reason.missing_segment


def test_what_went_nowhere_is_named() -> None:
    """Fields and segments of an order that no element holds."""
    translation = order(with_field(CONTROL, 17, "WARD7"), ASKED, "OBX|1|ST|A^B^C||x", "BLG|D")
    assert {"ORC-17", "OBX", "BLG"} <= set(translation.unmapped)
    assert "ORC-2" not in translation.unmapped
