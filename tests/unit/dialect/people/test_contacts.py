"""Next of kin: NK1 to Patient.contact, worked out by hand from HL7 v2.4, 3.4.5."""

from typing import Any

import pytest

from tabard.dialect import Translation
from unit.dialect.messages import EVENT, PERSON, draft, flags, message, read, resource, with_field

KIN = "NK1|1|HOLT^ALBERT^J^^MR^^L|1|9 WEIR LANE^UPPER STOWE^ELMFORD^DERBYSHIRE^DE1 1AB^GBR^H|01632960044|01632960045|N||||||||1"
ROLES, REASONS = "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "http://terminology.hl7.org/CodeSystem/v2-0131"


def told(*kin: str) -> Translation:
    return read(message("ADT^A28", EVENT, PERSON, *kin))


def contacts(*kin: str) -> list[dict[str, Any]]:
    return list(resource(told(*kin), "Patient").get("contact", []))


def test_a_next_of_kin() -> None:
    """Who, what to the patient and what for, phones by what their field is for, address and sex."""
    (kin,) = contacts(KIN)
    assert kin == {
        "relationship": [
            {"coding": [{"system": ROLES, "code": "SPS", "display": "spouse"}], "text": "1"},
            {"coding": [{"system": REASONS, "code": "N", "display": "Next-of-Kin"}]},
        ],
        "name": {"use": "official", "family": "HOLT", "given": ["ALBERT", "J"], "prefix": ["MR"]},
        "telecom": [
            {"system": "phone", "value": "01632960044", "use": "home"},
            {"system": "phone", "value": "01632960045", "use": "work"},
        ],
        "address": {
            "use": "home",
            "line": ["9 WEIR LANE", "UPPER STOWE"],
            "city": "ELMFORD",
            "district": "DERBYSHIRE",
            "postalCode": "DE1 1AB",
            "country": "GBR",
        },
        "gender": "male",
    }


def test_several_are_told_in_order() -> None:
    """The list of a message is the patient's whole list."""
    assert [one["name"]["family"] for one in contacts(KIN, KIN.replace("HOLT", "MBEKI"))] == ["HOLT", "MBEKI"]


@pytest.mark.parametrize(("code", "text"), [("4", "Next of kin"), ("20", "Carer"), ("98", "Not Known")])
def test_a_code_of_the_itk_without_one_in_the_system_is_told_in_words(code: str, text: str) -> None:
    """A number would say nothing to anybody; what the ITK calls it does."""
    (kin,) = contacts(with_field(KIN, 3, code))
    assert kin["relationship"][0] == {"text": text}
    assert not told(with_field(KIN, 3, code)).flags


def test_an_unknown_relationship_is_kept_and_flagged() -> None:
    """As text, with the field it stands in."""
    sent = with_field(KIN, 3, "77^Godmother")
    assert contacts(sent)[0]["relationship"][0] == {"text": "Godmother"}
    assert flags(told(sent)) == {("unknown-code", "NK1-3")}


def test_dates_of_a_contact_are_kept_as_sent_where_they_are_none() -> None:
    """NK1-8 and NK1-9 are the days from and to which this is so."""
    (kin,) = contacts(with_field(with_field(KIN, 8, "20240101"), 9, "20261301"))
    assert kin["period"]["start"] == "2024-01-01"
    assert "end" not in kin["period"]
    assert kin["period"]["_end"]["extension"][0]["valueString"] == "20261301"


def test_absent_leaves_and_null_empties() -> None:
    """No NK1 says nothing of next of kin; `""` in the name of every one empties the list."""
    assert "contact" not in draft(told(), "Patient").resource
    assert "contact" not in draft(told(), "Patient").cleared
    emptied = draft(told('NK1|1|""'), "Patient")
    assert "contact" in emptied.cleared
    assert "contact" not in emptied.resource
    half = draft(told('NK1|1|""', KIN), "Patient")
    assert (len(half.resource["contact"]), "contact" in half.cleared) == (1, False)
    assert "contact" not in draft(told('NK1|1|""', "NK1|2||1"), "Patient").cleared


def test_a_contact_with_nothing_to_turn_to_is_flagged() -> None:
    """A relationship without a name, a phone or an address is nobody. Source: FHIR R4, pat-1."""
    assert contacts("NK1|1||1") == []
    assert flags(told("NK1|1||1")) == {("missing", "NK1-2")}
