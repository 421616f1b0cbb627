"""A write is kept and sent once, shown for what it is until it comes back, and refused where anything of it is in doubt."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tabard.dialect.writing import Unsayable
from tabard.fhir import decode
from tabard.ground.errors import CallerError, InternalError
from tabard.link.out import OutState
from tabard.link.writeback import (
    REASON,
    STATE,
    AlreadyWritten,
    Misshapen,
    NotTaken,
    Outdated,
    TooLarge,
    WriteState,
)
from unit.link.itk import SMITH, Who, merge
from unit.link.writeback.a_hospital import OWN, Hospital, a_hospital, set_up, temperature

UCUM = "http://unitsofmeasure.org"


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    """A hospital that writes back all that can be."""
    with a_hospital(tmp_path, updates_patients=True) as made:
        yield made


def tag(resource: dict[str, Any]) -> str | None:
    """The state that a resource's tag names."""
    return next((one["code"] for one in resource.get("meta", {}).get("tag", ()) if one["system"] == STATE), None)


def reason(resource: dict[str, Any]) -> str:
    """The reason that a resource tells."""
    return str(next(one["valueString"] for one in resource["extension"] if one["url"] == REASON))


def echo(lines: list[str], **changed: str) -> bytes:
    """Our message as the record system would send it over its feed; `OBX5="36.9"` changes a field of each such line."""
    told = []
    for line in lines:
        fields = line.split("|")
        if fields[0] == "MSH":
            fields[2:4] = ["LORENZO", "RXX"]
        for name, value in changed.items():
            if fields[0] == name[:3]:
                n = int(name[3:])
                fields += [""] * (n + 1 - len(fields))
                fields[n] = value
        told.append("|".join(fields))
    return ("\r".join(told) + "\r").encode()


def document(patient: str, text: str = "All is well.", **more: Any) -> dict[str, Any]:
    """A letter."""
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "identifier": [{"system": OWN, "value": "d1"}],
        "subject": {"reference": f"Patient/{patient}"},
        "content": [{"attachment": {"contentType": "text/plain", "data": b64encode(text.encode()).decode()}}],
        **more,
    }


def appointment(patient: str) -> dict[str, Any]:
    """A booked hour."""
    return {
        "resourceType": "Appointment",
        "status": "booked",
        "identifier": [{"system": OWN, "value": "a1"}],
        "start": "2026-03-09T09:00:00+00:00",
        "end": "2026-03-09T09:30:00+00:00",
        "participant": [{"actor": {"reference": f"Patient/{patient}"}, "status": "accepted"}],
    }


def pressure(patient: str) -> dict[str, Any]:
    """A blood pressure."""
    whole = temperature(patient, own="bp1", code={"coding": [{"system": "http://loinc.org", "code": "85354-9"}]})
    del whole["valueQuantity"]
    parts = (("8480-6", 120), ("8462-4", 80))
    return whole | {
        "component": [
            {
                "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
                "valueQuantity": {"value": value, "unit": "mmHg", "system": UCUM, "code": "mm[Hg]"},
            }
            for code, value in parts
        ]
    }


def test_a_write_is_in_the_record_as_pending_and_in_the_outbox(hospital: Hospital) -> None:
    """It says itself that it is not in the record system; the message names the patient and our number."""
    taken = hospital.write(temperature(hospital.patient()))
    held = hospital.read(taken.write.resource)
    assert (tag(held), reason(held)) == ("pending", "It is kept and waits to be sent.")
    assert held["meta"]["source"] == "urn:tabard:product:board"
    ((*_, pid, obr, obx),) = hospital.sent()
    assert pid.startswith("PID|1||1001^^^RXX|")
    assert obr.split("|")[3] == f"{taken.write.control_id}^TABARD"
    assert obx.split("|")[5] == "37.1"
    assert taken.is_new
    assert hospital.back.states(hospital.patient()) == (taken.write,)


def test_the_same_again_is_the_first_one(hospital: Hospital) -> None:
    """A product that got no answer writes again under its identifier: one resource, one message."""
    first = hospital.write(temperature(hospital.patient()))
    again = hospital.write(temperature(hospital.patient()))
    asked = hospital.write(temperature(hospital.patient(), 36.0), if_none_exist=(OWN, "t1"))
    assert again.write.resource == asked.write.resource == first.write.resource
    assert (again.is_new, asked.is_new) == (False, False)
    assert len(hospital.sent()) == len(hospital.observations()) == 1


def test_another_content_under_the_same_identifier_is_refused(hospital: Hospital) -> None:
    """It is neither the first one nor lost without a word."""
    hospital.write(temperature(hospital.patient()))
    with pytest.raises(AlreadyWritten):
        hospital.write(temperature(hospital.patient(), 40.2))
    assert len(hospital.sent()) == 1


def test_identifiers_of_one_patient_say_nothing_of_another(hospital: Hospital) -> None:
    """The same identifier for another patient is another write, as is one of another product's."""
    other = hospital.patient("1002")
    first = hospital.write(temperature(hospital.patient()))
    second = hospital.write(temperature(other), patient=other)
    assert first.write.resource != second.write.resource
    assert second.is_new


@pytest.mark.parametrize(
    ("state", "shown"),
    [(OutState.accepted, "accepted"), (OutState.rejected, "rejected")],
)
def test_the_answer_is_shown(hospital: Hospital, state: OutState, shown: str) -> None:
    """What the outbox comes to is the tag and the reason of the resource."""
    taken = hospital.write(temperature(hospital.patient()))
    conclude(hospital, taken.write.number, state)
    hospital.turn()
    held = hospital.read(taken.write.resource)
    assert tag(held) == shown
    assert hospital.back.states(hospital.patient())[0].state == shown
    if state is OutState.accepted:
        assert "Received is not filed" in reason(held)


def conclude(hospital: Hospital, number: int | None, state: OutState) -> None:
    """As if the receiver had answered so."""
    assert number is not None
    connection = hospital.outbound._outbox._connection
    connection.execute(
        "UPDATE fate SET state = ?, reason = ?, change = (SELECT change + 1 FROM progress) WHERE id = ?",
        (state.value, "refused" if state is OutState.rejected else None, number),
    )
    connection.execute("UPDATE progress SET change = change + 1")


def test_what_comes_back_is_confirmed_and_there_once(hospital: Hospital) -> None:
    """The record system's word takes the place of ours under the same id, marks gone; a later answer brings none back."""
    taken = hospital.write(temperature(hospital.patient()))
    hospital.receive(echo(hospital.sent()[0], OBX5="37.2"))
    conclude(hospital, taken.write.number, OutState.accepted)
    hospital.turn()
    (held,) = hospital.observations()
    assert f"Observation/{held['id']}" == taken.write.resource
    assert (tag(held), held.get("extension"), str(held["valueQuantity"]["value"])) == (None, None, "37.2")
    assert held["identifier"][0] == {"system": OWN, "value": "t1"}
    assert held["meta"]["source"] == "urn:tabard:link:pas"
    assert hospital.back.entries()[0].state is WriteState.confirmed


def test_our_number_as_the_placers_is_ours_too(hospital: Hospital) -> None:
    """A record system that numbers it anew and tells ours in OBR-2 makes no second one; nor does its correction."""
    hospital.write(temperature(hospital.patient()))
    ours = hospital.sent()[0][2].split("|")[3]
    hospital.receive(echo(hospital.sent()[0], OBR2=ours, OBR3="LAB77^LAB"))
    hospital.receive(echo(hospital.sent()[0], OBR2=ours, OBR3="LAB77^LAB", OBX5="36.6", OBX11="C", MSH9="T2"))
    (held,) = hospital.observations()
    assert (str(held["valueQuantity"]["value"]), held["status"]) == ("36.6", "corrected")


def test_a_blood_pressure_comes_back_as_one(hospital: Hospital) -> None:
    """Two lines of one order are the two components that they were, with the values that came back."""
    taken = hospital.write(pressure(hospital.patient()))
    lines = hospital.sent()[0]
    assert sum(line.startswith("OBX") for line in lines) == 2
    hospital.receive(echo([line.replace("||120|", "||118|") for line in lines]))
    (held,) = hospital.observations()
    assert f"Observation/{held['id']}" == taken.write.resource
    assert [str(one["valueQuantity"]["value"]) for one in held["component"]] == ["118", "80"]
    assert held["code"]["coding"][0]["code"] == "85354-9"
    assert tag(held) is None
    (report,) = hospital.record.search("DiagnosticReport", []).matches
    assert report.resource()["result"] == [{"reference": taken.write.resource}]


def test_documents_and_appointments_come_back_as_ours(hospital: Hospital) -> None:
    """Known by TXA-12 and SCH-2."""
    whom = hospital.patient()
    for made in (document(whom), appointment(whom)):
        taken = hospital.write(made)
        assert tag(hospital.read(taken.write.resource)) == "pending"
        hospital.receive(echo(hospital.sent()[-1]))
        assert tag(hospital.read(taken.write.resource)) is None
    hospital.turn()
    assert {one.state for one in hospital.back.entries()} == {WriteState.confirmed}


def test_an_echo_about_another_patient_confirms_nothing(hospital: Hospital) -> None:
    """Our number on somebody else's result is parked, and what is pending stays so."""
    taken = hospital.write(temperature(hospital.patient()))
    with pytest.raises(AssertionError, match="result_of_another_patient"):
        hospital.receive(echo(hospital.sent()[0], PID3="1002^^^RXX", PID5="JONES^ANNA"))
    hospital.turn()
    assert tag(hospital.read(taken.write.resource)) == "pending"


def test_a_replay_writes_nothing_back(hospital: Hospital) -> None:
    """What is given again may confirm; it never makes a message."""
    hospital.write(temperature(hospital.patient()))
    hospital.receive(echo(hospital.sent()[0]), is_replay=True)
    hospital.turn()
    assert len(hospital.sent()) == 1


def test_what_was_written_moves_with_a_merge(hospital: Hospital) -> None:
    """A pending result of a registration that is given up is the survivor's."""
    taken = hospital.write(temperature(hospital.patient()))
    hospital.receive(merge(Who("1002", family="JONES"), SMITH))
    held = hospital.read(taken.write.resource)
    assert held["subject"]["reference"] == f"Patient/{hospital.patient('1002')}"
    assert tag(held) == "pending"


def test_nobody_writes_for_one_who_was_merged_away(hospital: Hospital) -> None:
    """The product is told to open the survivor."""
    gone = hospital.patient()
    hospital.receive(merge(Who("1002", family="JONES"), SMITH))
    with pytest.raises(NotTaken, match="merged"):
        hospital.write(temperature(gone), patient=gone)


WHOM = "Patient/{whom}"


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


def test_a_change_of_a_patient_goes_out_and_the_record_keeps_what_it_knows(hospital: Hospital) -> None:
    """A telephone number as an ADT^A31; what is read changes when the record system says so."""
    whom = hospital.patient()
    held = hospital.read(f"Patient/{whom}")
    version = int(held["meta"]["versionId"])
    changed = held | {"telecom": [{"system": "phone", "use": "home", "value": "0161 496 0000"}]}
    taken = hospital.write(changed, version=version)
    assert hospital.write(changed, version=version).write.id == taken.write.id
    (lines,) = hospital.sent()
    assert "ADT^A31" in lines[0]
    assert "0161 496 0000" in lines[2]
    assert hospital.read(f"Patient/{whom}") == held
    assert [one.resource for one in hospital.back.states(whom)] == [f"Patient/{whom}"]


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


class Falling(Exception):  # noqa: N818  says what happens
    """The process ends here."""


@pytest.mark.parametrize("step", ["record", "outbox", "filed"])
def test_a_fall_between_any_two_steps_neither_loses_nor_doubles(
    hospital: Hospital, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The product asks again, or nobody does: after the next start it is once in the record and once in the outbox."""

    def fall(*_: object, **__: object) -> None:
        raise Falling

    carrying = hospital.back._carrying
    if step == "record":
        monkeypatch.setattr(carrying, "_file", fall)
    elif step == "outbox":
        monkeypatch.setattr(hospital.outbound, "put", fall)
    else:
        monkeypatch.setattr(hospital.book, "filed", fall)
    with pytest.raises(Falling):
        hospital.write(temperature(hospital.patient()))
    monkeypatch.undo()
    hospital.back.stop()
    hospital.back = hospital.open()
    hospital.turn()
    again = hospital.write(temperature(hospital.patient()))
    assert (again.is_new, again.write.number) == (False, 1)
    assert len(hospital.sent()) == len(hospital.observations()) == 1
    assert hospital.sent()[0][0].split("|")[9] == again.write.control_id


def test_a_record_that_cannot_be_written_keeps_the_promise(hospital: Hospital, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was entered is carried out at the next turn, in order, before what comes after it."""

    def no_file() -> None:
        raise InternalError("the disk is full")

    monkeypatch.setattr(hospital.back._carrying, "_file", no_file)
    with pytest.raises(InternalError):
        hospital.write(temperature(hospital.patient(), 38.0))
    monkeypatch.undo()
    hospital.write(temperature(hospital.patient(), 37.0, own="t2"))
    values = [next(line for line in lines if line.startswith("OBX")).split("|")[5] for lines in hospital.sent()]
    assert values == ["38.0", "37.0"]


def test_a_change_of_state_that_was_not_shown_is_shown_after_the_next_start(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outbox's word is in the book before it is in the record; a fall between loses neither."""
    taken = hospital.write(temperature(hospital.patient()))
    conclude(hospital, taken.write.number, OutState.rejected)

    def fall(_: object) -> None:
        raise Falling

    monkeypatch.setattr(hospital.back._carrying, "_tell", fall)
    with pytest.raises(Falling):
        hospital.turn()
    monkeypatch.undo()
    assert tag(hospital.read(taken.write.resource)) == "pending"
    hospital.back.stop()
    hospital.back = hospital.open()
    hospital.turn()
    assert tag(hospital.read(taken.write.resource)) == "rejected"


def test_what_came_back_before_a_start_is_not_made_pending_again(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent, told back, and only then the process that had not noted that it was sent is started again."""

    def fall(*_: object) -> None:
        raise Falling

    monkeypatch.setattr(hospital.book, "filed", fall)
    with pytest.raises(Falling):
        hospital.write(temperature(hospital.patient()))
    monkeypatch.undo()
    hospital.receive(echo(hospital.sent()[0]))
    hospital.turn()
    assert tag(hospital.observations()[0]) is None
    assert hospital.back.entries()[0].state is WriteState.confirmed


def test_an_answer_that_is_shown_while_the_echo_comes_brings_no_mark_back(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look for echoes and the mark the record may have changed: the record is asked again."""
    taken = hospital.write(temperature(hospital.patient()))
    conclude(hospital, taken.write.number, OutState.accepted)
    monkeypatch.setattr(hospital.back._carrying, "_look_for_echoes", lambda: None)
    hospital.receive(echo(hospital.sent()[0]))
    hospital.turn()
    assert tag(hospital.observations()[0]) is None


def test_stored_is_what_is_shown(hospital: Hospital) -> None:
    """The answer to the product is the resource with its tag."""
    taken = hospital.write(temperature(hospital.patient()))
    assert taken.stored is not None
    assert tag(decode(taken.stored.body)) == "pending"
