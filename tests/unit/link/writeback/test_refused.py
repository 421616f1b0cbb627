"""What is refused before anything is kept: what is in doubt, what no message can say, and whose link takes nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tabard.dialect.writing import Unsayable
from tabard.ground.errors import CallerError
from tabard.link.writeback import (
    REASON,
    STATE,
    Misshapen,
    NotTaken,
    Outdated,
    TooLarge,
)
from unit.link.itk import SMITH, Who, merge
from unit.link.writeback.a_hospital import OWN, Hospital, a_hospital, set_up, temperature
from unit.link.writeback.writes import document, tag


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    """A hospital that writes back all that can be."""
    with a_hospital(tmp_path, updates_patients=True) as made:
        yield made


def test_nobody_writes_for_one_who_was_merged_away(hospital: Hospital) -> None:
    """The product is told to open the survivor."""
    gone = hospital.patient()
    hospital.receive(merge(Who("1002", family="JONES"), SMITH))
    with pytest.raises(NotTaken, match="merged"):
        hospital.write(temperature(gone), patient=gone)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"subject": {"reference": "Patient/{other}"}}, "Observation.subject"),
        ({"subject": {"identifier": {"system": "x", "value": "1002"}}}, "Observation.subject"),
        ({"subject": {"reference": "https://elsewhere.example/Patient/{whom}"}}, "Observation.subject"),
        ({"subject": {"display": "the patient"}}, "Observation.subject"),
        ({"subject": {"reference": "Encounter/{visit}"}}, "Observation.subject"),
        ({"encounter": {"reference": "Encounter/{other_visit}"}}, "Observation.encounter"),
        ({"encounter": {"reference": "Encounter/nowhere"}}, "Observation.encounter"),
        ({"performer": [{"reference": "Patient/{other}"}]}, "Observation.performer"),
        ({"performer": [{"identifier": {"system": "x", "value": "y"}}]}, "Observation.performer"),
        ({"bodySite": {"text": "left arm"}}, "Observation.bodySite"),
        ({"contained": [{"resourceType": "Patient"}]}, "Observation.contained"),
        ({"status": "amended"}, "Observation.status"),
        ({"code": {}}, "Observation.code"),
        ({"code": [1]}, "Observation.code"),
        ({"valueQuantity": None}, "Observation"),
        ({"valueQuantity": {"unit": "Cel"}}, "Observation"),
        ({"extension": [{"url": REASON, "valueString": "confirmed"}]}, "Observation.extension"),
        ({"modifierExtension": [{"url": "x"}]}, "Observation.modifierExtension"),
        ({"identifier": [{"system": "urn:tabard:orders:PATH", "value": "F1"}]}, "identifier"),
        ({"note": [{"text": "x"}] * 201}, "Observation"),
    ],
)
def test_what_is_in_doubt_is_refused(hospital: Hospital, more: dict[str, Any], place: str) -> None:
    """Another's patient, what no message carries, a wrong form: refused with its place, and nothing is kept."""
    other = hospital.patient("1002")
    visits = {one.resource()["subject"]["reference"]: one.id for one in hospital.record.search("Encounter", []).matches}
    visit, own = visits[f"Patient/{other}"], visits[f"Patient/{hospital.patient()}"]
    template = hospital.dialect.results.order_system.replace("{}", "PATH")
    ids = {
        "{whom}": hospital.patient(),
        "{other}": other,
        "{other_visit}": visit,
        "{visit}": own,
        "urn:tabard:orders:PATH": template,
    }
    with pytest.raises(Misshapen) as refused:
        hospital.write(filled(temperature(hospital.patient()) | more, ids))
    assert refused.value.where == place
    assert refused.value.expected
    assert refused.value.remedy
    assert hospital.sent() == []
    assert hospital.back.entries() == ()


def filled(value: Any, names: dict[str, str]) -> Any:
    """The value with the names replaced in every text."""
    if isinstance(value, dict):
        return {name: filled(inner, names) for name, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, names) for inner in value]
    for name, told in names.items():
        value = value.replace(name, told) if isinstance(value, str) else value
    return value


def test_a_product_cannot_say_how_its_write_stands(hospital: Hospital) -> None:
    """Tags, security labels, version and id in what it sends are not taken."""
    forged = {"tag": [{"system": STATE, "code": "confirmed"}], "security": [{"code": "V"}], "versionId": "9"}
    taken = hospital.write(temperature(hospital.patient(), id="mine", meta=forged))
    held = hospital.read(taken.write.resource)
    assert (tag(held), held["meta"].get("security"), held["meta"]["versionId"]) == ("pending", None, "1")
    assert held["id"] != "mine"


def test_what_the_dialect_has_no_word_for_is_refused(hospital: Hospital) -> None:
    """A code of a system without a name there: place, what is known, what to do."""
    strange = temperature(hospital.patient(), code={"coding": [{"system": "http://nowhere.example", "code": "1"}]})
    with pytest.raises(Unsayable) as refused:
        hospital.write(strange)
    assert refused.value.where == "OBX-3"
    assert hospital.back.entries() == ()


def test_a_visit_of_the_launch_must_be_named(hospital: Hospital) -> None:
    """Launched in a visit, a result that names none would be shown to nobody of that visit."""
    visit = next(one.id for one in hospital.record.search("Encounter", []).matches)
    with pytest.raises(Misshapen, match="visit of the launch"):
        hospital.write(temperature(hospital.patient()), visit=visit)
    named = temperature(hospital.patient(), encounter={"reference": f"Encounter/{visit}"})
    hospital.write(named, visit=visit)
    assert any(line.startswith("PV1|1|") and "501^^^VISITID" in line for line in hospital.sent()[0])


def test_too_much_is_refused(tmp_path: Path) -> None:
    """A resource above the link's limit, and a message above the destination's."""
    with a_hospital(tmp_path, limit_bytes=2000) as hospital:
        hospital.write(document(hospital.patient(), "x" * 300))
        with pytest.raises(TooLarge):
            hospital.write(document(hospital.patient(), "x" * 3000))


def test_a_document_that_replaces_another_patients_is_refused(hospital: Hospital) -> None:
    """What it replaces must be this patient's; its number is the record's, not the product's."""
    other = hospital.patient("1002")
    theirs = hospital.write(document(other), patient=other).write.resource
    mine = hospital.write(document(hospital.patient())).write
    replacing = document(hospital.patient(), "Better.", identifier=[{"system": OWN, "value": "d2"}])
    with pytest.raises(Misshapen):
        hospital.write(replacing | {"relatesTo": [{"code": "replaces", "target": {"reference": theirs}}]})
    target = {"reference": mine.resource}
    hospital.write(replacing | {"relatesTo": [{"code": "replaces", "target": target}]})
    txa = next(line for line in hospital.sent()[-1] if line.startswith("TXA"))
    assert txa.split("|")[13] == f"{mine.control_id}^TABARD"


def test_a_patient_of_a_link_that_takes_nothing_is_not_written_for(tmp_path: Path) -> None:
    """Off by default, type by type; a Patient needs its own word."""
    with a_hospital(tmp_path, types=("Observation",)) as hospital:
        whom = hospital.patient()
        with pytest.raises(NotTaken):
            hospital.write(document(whom))
        with pytest.raises(NotTaken):
            hospital.write(hospital.read(f"Patient/{whom}"), version=1)


def test_a_change_of_who_a_patient_is_is_refused(hospital: Hospital) -> None:
    """Numbers, names and birth dates are the record system's; a change on an old version is refused."""
    whom = hospital.patient()
    held = hospital.read(f"Patient/{whom}")
    version = int(held["meta"]["versionId"])
    changes: tuple[dict[str, Any], ...] = (
        {"birthDate": "1970-01-01"},
        {"identifier": []},
        {"name": [{"family": "ELSE"}]},
    )
    for change in changes:
        with pytest.raises(Misshapen):
            hospital.write(held | change, version=version)
    for stale in (None, version + 1):
        with pytest.raises(Outdated):
            hospital.write(held, version=stale)
    assert hospital.sent() == []


def test_a_destination_that_is_not_there_is_told_at_the_start(tmp_path: Path) -> None:
    """And so is a FHIR base that the link has not."""
    set_up(tmp_path, destination="nowhere")
    with pytest.raises(CallerError, match="nothing is"):
        Hospital(tmp_path)
