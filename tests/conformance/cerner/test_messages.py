"""Messages of English Millenniums against values read from them by eye, field by field.

The two public messages are tried where their folder stands beside the checkout; messages of the same shapes, with other
people in them, are held here and always tried. None of the expected values comes from running the code.
"""

from pathlib import Path
from typing import Any

import pytest

from conformance.cerner.expected import EXPECTED, NHS, ODS, SENT
from tabard.dialect import FAILED_CHECK, Translation, load, translate
from tabard.hl7v2 import parse
from unit.dialect.messages import ReadableIds

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "hl7v2"


def read(name: str) -> tuple[Translation, ReadableIds]:
    dialect, trigger, held = SENT[name]
    raw = held.encode("latin-1") if held else sample(name.partition(",")[0])
    ids = ReadableIds()
    return translate(parse(raw.replace(b"ADT^A31", f"ADT^{trigger or 'A31'}".encode())), load(dialect), ids), ids


def sample(name: str) -> bytes:
    file = SAMPLES / name
    if not file.is_file():
        pytest.skip("the samples do not stand beside this checkout")
    return file.read_bytes()


@pytest.mark.parametrize("name", EXPECTED)
def test_each_value_is_the_one_in_the_message(name: str) -> None:
    """Numbers, names, addresses, phones, GP and practice, visit, place and doctors: as written; absent where absent or null."""
    translation, ids = read(name)
    told = {
        "event": translation.event.value,
        "occurred": translation.occurred.isoformat() if translation.occurred else None,
        "flags": {(flag.code, flag.place) for flag in translation.flags},
        "nhs_number_finds": ids.key.nhs_number,
        **person_of(translation),
        **visit_of(translation),
    }
    assert told == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_nothing_unsaid_is_shown(name: str) -> None:
    """No null, no reference to Millennium's code sets, no placeholder phone and no escape comes through as text."""
    translation, _ = read(name)
    told = str([draft.resource for draft in translation.drafts])
    assert not [sign for sign in ('""', "CD:", "(000)", "\\") if sign in told]


def person_of(translation: Translation) -> dict[str, Any]:
    patient = of_type(translation, "Patient")[0]
    ethnic = [one["valueCodeableConcept"] for one in patient.get("extension", [])]
    doctors = {one["reference"].partition("/")[0]: one for one in patient.get("generalPractitioner", [])}
    return {
        "identifiers": [
            (one["type"]["coding"][0]["code"] if "type" in one else None, one["system"], one["value"])
            for one in patient["identifier"]
        ],
        "nhs_status": nhs_status_of(patient),
        "names": [(one.get("use"), one.get("family"), one.get("given"), one.get("prefix")) for one in patient["name"]],
        "gender": patient["gender"],
        "birth": (patient["birthDate"], patient.get("_birthDate")),
        "deceased": patient.get("deceasedDateTime", patient.get("deceasedBoolean")),
        "addresses": patient["address"],
        "telecoms": [(one["system"], one["value"], one.get("use")) for one in patient["telecom"]],
        "marital": said(patient.get("maritalStatus")),
        "ethnic": said(ethnic[0]),
        "practice": practice_of(translation, doctors.get("Organization")),
        "gp": doctor_of(translation, doctors.get("Practitioner")),
        "managing": patient["managingOrganization"]["identifier"]["value"],
        "next_of_kin": patient.get("contact"),
    }


def nhs_status_of(patient: dict[str, Any]) -> str | None:
    (number,) = [one for one in patient["identifier"] if one["system"] == NHS]
    told = [one for one in number.get("extension", []) if one["url"] != FAILED_CHECK]
    return told[0]["valueCodeableConcept"]["coding"][0]["code"] if told else None


def practice_of(translation: Translation, reference: dict[str, Any] | None) -> tuple[Any, ...] | None:
    if reference is None:
        return None
    told = found(translation, reference["reference"])
    assert told["identifier"][0]["system"] == ODS
    return told["identifier"][0]["value"], told["name"], told["telecom"][0]["value"], told["address"][0]


def doctor_of(translation: Translation, reference: dict[str, Any] | None) -> tuple[list[tuple[str, str]], str] | None:
    if reference is None:
        return None
    told = found(translation, reference["reference"])
    return [(one["system"], one["value"]) for one in told["identifier"]], reference["display"]


def visit_of(translation: Translation) -> dict[str, Any]:
    visits = of_type(translation, "Encounter")
    if not visits:
        return {"visit": None}
    (visit,) = visits
    stay = visit["hospitalization"]
    methods = {one["url"].rpartition("-")[2]: one["valueCodeableConcept"] for one in stay.get("extension", [])}
    (since,) = {one["period"]["start"] for one in visit["location"]}
    return {
        "visit": [(one["type"]["coding"][0]["code"], one["system"], one["value"]) for one in visit["identifier"]],
        "class": visit["class"]["code"],
        "status": visit["status"],
        "places": [place_of(found(translation, one["location"]["reference"])) for one in visit["location"]],
        "here_since": since,
        "site": visit["serviceProvider"]["identifier"]["value"] if "serviceProvider" in visit else None,
        "doctors": [
            (one["type"][0]["coding"][0]["code"], *(doctor_of(translation, one["individual"]) or ()))
            for one in visit["participant"]
        ],
        "period": visit["period"],
        "specialty": said(visit.get("serviceType")),
        "admission_method": said(methods.get("AdmissionMethod")),
        "discharge_method": said(methods.get("DischargeMethod")),
        "admit_source": said(stay.get("admitSource")),
        "destination": said(stay.get("dischargeDisposition")),
    }


def place_of(location: dict[str, Any]) -> tuple[str, str, str, str]:
    number = location["identifier"][0]
    return location["physicalType"]["coding"][0]["code"], location["name"], number["system"], number["value"]


def said(concept: dict[str, Any] | None) -> tuple[str | None, str | None] | None:
    """A concept's code and text."""
    if concept is None:
        return None
    codes = [one["code"] for one in concept.get("coding", [])]
    return codes[0] if codes else None, concept.get("text")


def of_type(translation: Translation, kind: str) -> list[dict[str, Any]]:
    return [draft.resource for draft in translation.drafts if draft.resource["resourceType"] == kind]


def found(translation: Translation, reference: str) -> dict[str, Any]:
    kind, _, id_ = reference.partition("/")
    return next(one for one in of_type(translation, kind) if one["id"] == id_)
