"""Parts of a report: whose numbers, what was examined, by whom, what led to it, its documents and its notes."""

from typing import Any

import pytest

from tabard.dialect import Translation
from unit.dialect.messages import ORDER, PERSON, RESULT, VISIT, flags, message, read, resource, resources, with_field

CONTROL = "ORC|RE|P77^LOR|F88^PATH|G5^LOR"


def result(*segments: str) -> Translation:
    return read(message("ORU^R01", PERSON, VISIT, *segments))


def report(*segments: str) -> dict[str, Any]:
    return resource(result(*segments), "DiagnosticReport")


def observation(*segments: str) -> dict[str, Any]:
    return resource(result(*segments), "Observation")


@pytest.mark.parametrize("status", ["P", "F", "C", "D", "W", "X"])
def test_the_life_of_a_result_is_one_resource(status: str) -> None:
    """Preliminary, final, corrected, deleted, wrong and withdrawn lines of one number have one id and say what they are."""
    told = {
        "P": "preliminary",
        "F": "final",
        "C": "corrected",
        "D": "entered-in-error",
        "W": "entered-in-error",
        "X": "cancelled",
    }
    first, again = observation(ORDER, with_field(RESULT, 11, "P")), observation(ORDER, with_field(RESULT, 11, status))
    assert (again["id"], again["status"]) == (first["id"], told[status])


def test_numbers_stand_in_orc_too() -> None:
    """ORC fills what OBR leaves out, and adds the number of the group; the same number twice is one."""
    bare = with_field(with_field(ORDER, 2, ""), 3, "")
    for orc, obr in ((CONTROL, ORDER), (CONTROL, bare)):
        told = report(orc, obr, RESULT)
        assert [(one["type"]["coding"][0]["code"], one["value"]) for one in told["identifier"]] == [
            ("FILL", "F88"),
            ("PLAC", "P77"),
            ("PGN", "G5"),
        ]
        assert told["id"] == report(ORDER, RESULT)["id"]
        assert told["basedOn"] == [
            {"type": "ServiceRequest", "identifier": {"system": "urn:tabard:order:LOR", "value": "P77"}}
        ]


def test_each_order_has_its_own_orc() -> None:
    """The second ORC belongs to the second OBR, and what stands between belongs to the first."""
    second = "ORC|RE|P78^LOR|F89^PATH"
    translation = result(CONTROL, ORDER, RESULT, "NTE|1||first", second, "NTE|1||on the second", "OBR|2||||", RESULT)
    told = resources(translation, "DiagnosticReport")
    assert [one["identifier"][0]["value"] for one in told] == ["F88", "F89"]
    assert told[1]["extension"][0]["valueAnnotation"] == {"text": "on the second"}
    assert [one.get("note") for one in resources(translation, "Observation")] == [[{"text": "first"}], None]


def test_a_note_above_all_orders_is_flagged() -> None:
    """It is of the patient, and of no result."""
    assert ("not-mapped", "NTE") in flags(result("NTE|1||On the patient", ORDER, RESULT))


def test_the_department_gives_the_category() -> None:
    """OBR-24 by the dialect's table, on report and result alike; any other is the laboratory's."""
    for section, category in (("RAD", "imaging"), ("MB", "laboratory"), ("", "laboratory")):
        translation = result(with_field(ORDER, 24, section), RESULT)
        for kind in ("DiagnosticReport", "Observation"):
            assert resource(translation, kind)["category"][0]["coding"][0]["code"] == category
    assert report(with_field(ORDER, 24, "MB"), RESULT)["category"][1]["coding"][0] == {
        "system": "http://terminology.hl7.org/CodeSystem/v2-0074",
        "code": "MB",
    }


def test_the_specimen_is_told_in_words() -> None:
    """By SPM where there is one, with its number, else by OBR-15; one specimen is that of each result."""
    words = [{"type": "Specimen", "display": "Blood, from the line"}]
    translation = result(with_field(ORDER, 15, "BLD&Blood^^from the line"), RESULT)
    assert resource(translation, "DiagnosticReport")["specimen"] == words
    assert resource(translation, "Observation")["specimen"] == words[0]
    spm = "SPM|1|S1&LOR^S2&PATH||UR^Urine||||BLAD^Bladder"
    assert report(ORDER, RESULT, spm)["specimen"] == [
        {
            "type": "Specimen",
            "display": "Urine, Bladder",
            "identifier": {"system": "urn:tabard:order:PATH", "value": "S2"},
        }
    ]


def test_who_made_a_result() -> None:
    """OBX-15 the department, OBX-16 the person, OBX-17 the method; OBR-32 who read it."""
    obx = with_field(
        with_field(with_field(RESULT, 15, "CHEM^Chemistry^PATH"), 16, "C9999991^MBEKI^THOMAS^^^Mr"),
        17,
        "ISE^Electrode^PATH",
    )
    translation = result(with_field(ORDER, 32, "C9999992&ITO&KEN&&&Dr^20260301"), obx)
    told = resource(translation, "Observation")
    assert told["performer"][0] == {
        "type": "Organization",
        "identifier": {"system": "urn:tabard:coding:PATH", "value": "CHEM"},
        "display": "Chemistry",
    }
    assert told["performer"][1]["display"] == "Mr THOMAS MBEKI"
    assert told["method"]["text"] == "Electrode"
    (reader,) = resource(translation, "DiagnosticReport")["resultsInterpreter"]
    assert reader["display"] == "Dr KEN ITO"
    assert {one["id"].rpartition(":")[2] for one in resources(translation, "Practitioner")} == {"C9999991", "C9999992"}


def test_a_child_names_its_parent() -> None:
    """Tests of what grew refer to the culture in the same message, and to its number where it is elsewhere."""
    culture = "OBX|1|CE|ORG^Organism^PATH|1|ECOLI^E. coli^PATH||||||F"
    child = (
        "OBR|2|P79^LOR|F90^PATH|SENS^Sensitivities^PATH" + "|" * 21 + "F|ORG&Organism&PATH^1^E. coli|||P77&LOR^F88&PATH"
    )
    translation = result(ORDER, culture, child, "OBX|1|ST|AMP^Ampicillin^PATH||R||||||F")
    parent, tested = resources(translation, "Observation")
    assert tested["derivedFrom"] == [{"reference": f"Observation/{parent['id']}", "display": "Organism 1 E. coli"}]
    assert resources(translation, "DiagnosticReport")[1]["basedOn"][1]["identifier"]["value"] == "F88"
    (tested,) = resources(result(child, "OBX|1|ST|AMP^Ampicillin^PATH||R||||||F"), "Observation")
    assert tested["derivedFrom"] == [
        {
            "type": "Observation",
            "identifier": {"system": "urn:tabard:order:PATH", "value": "F88"},
            "display": "Organism 1 E. coli",
        }
    ]


def test_a_parent_that_is_not_in_the_message_is_no_dangling_reference() -> None:
    """The order is there, the result that OBR-26 names is not: it is named by number and words."""
    child = "OBR|2|P79^LOR|F90^PATH|SENS^Sensitivities^PATH" + "|" * 21 + "F|OTHER&Other&PATH^1|||P77&LOR^F88&PATH"
    translation = result(ORDER, RESULT, child, "OBX|1|ST|AMP^Ampicillin^PATH||R||||||F")
    (named,) = resources(translation, "Observation")[1]["derivedFrom"]
    assert "reference" not in named
    assert named["identifier"]["value"] == "F88"


def test_a_document_goes_with_the_report() -> None:
    """An ED is in presentedForm with its name, and its line says that the value is there; one withdrawn shows no document."""
    pdf = "OBX|1|ED|RPT^Report^PATH||^application^pdf^Base64^JVBERi0=||||||F"
    translation = result(ORDER, pdf)
    assert resource(translation, "DiagnosticReport")["presentedForm"] == [
        {"contentType": "application/pdf", "data": "JVBERi0=", "size": 5, "title": "Report"}
    ]
    told = resource(translation, "Observation")
    assert told["dataAbsentReason"]["coding"][0]["code"] == "unsupported"
    assert "presentedForm" not in report(ORDER, with_field(pdf, 11, "D"))


def test_what_went_nowhere_is_named() -> None:
    """Fields of OBR and OBX that no element holds; those that are read are not named."""
    translation = result(CONTROL, with_field(ORDER, 13, "On warfarin"), with_field(RESULT, 18, "DEV1"), "FT1|1")
    assert {"OBR-13", "OBX-18", "FT1"} <= set(translation.unmapped)
    assert not {"OBX-5", "OBR-4", "ORC-2", "ORC"} & set(translation.unmapped)
