"""Every message of a simulated hospital against a second reading of it, which shares nothing with the translation.

The second reading is a split at the delimiters, and what each place means, written from the messages by hand. The 400 public
messages are tried where their folder stands beside the checkout; messages of the same shapes, with other people in them, are
held here and always tried.
"""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tabard.dialect import FAILED_CHECK, Translation, translate
from tabard.hl7v2 import parse, split_messages
from unit.dialect.messages import SIMHOSPITAL, ReadableIds, resources

SAMPLE = Path(__file__).resolve().parents[4] / "shared" / "samples" / "hl7v2" / "simhospital.hl7"

HELD = r"""MSH|^~\&|SIMHOSP|SFAC|RAPP|RFAC|20260508130643||ADT^A01|5|T|2.3|||AL||44|ASCII
EVN|A01|20260508130643|||C006^Woolf^Kay^^^Dr^^^DRNBR^PRSNL^^^ORGDR|
PID|1|700301^^^SIMULATOR MRN^MRN|700301^^^SIMULATOR MRN^MRN~9990000018^^^NHSNBR^NHSNMBR||Weir^Tessa^^^Ms^^CURRENT||19800229000000|F|||1 Pier Road^^Leith^^ZZ99 1ZZ^GBR^HOME||01632 960000^HOME|||||||||R^Other - Chinese^^^||||||||
PD1|||FAMILY PRACTICE^^12345|
PV1|1|I|HeronWard^MainRoom^Bed 1^Simulated Hospital^^BED^Main Building^5|28b|||C006^Woolf^Kay^^^Dr^^^DRNBR^PRSNL^^^ORGDR|||MED|||||||||6001^^^^visitid||||||||||||||||||||||ARRIVED|||20260508130643||
AL1|0|FA|235719002^Food intolerance (disorder)^SNM3^^|MI|Diarrhoea|20251222130644

MSH|^~\&|SIMHOSP|SFAC|RAPP|RFAC|20260509130643||ORU^R01|6|T|2.3|||AL||44|ASCII
PID|1|700302^^^SIMULATOR MRN^MRN|700302^^^SIMULATOR MRN^MRN~9990000019^^^NHSNBR^NHSNMBR||Holm^Aki^^^Mr^^CURRENT||19611224000000|M|||2 Pier Road^^Leith^^ZZ99 1ZZ^GBR^HOME||01632 960001^HOME|||||||||A^White - British^^^||||||||
PV1|1|O|ED^^^Simulated Hospital^^ED^^|28b|||C006^Woolf^Kay^^^Dr^^^DRNBR^PRSNL^^^ORGDR|||MED||||||||||||||||||||||||||||||||||20260501140643||
ORC|RE|1001|2001||CM||||20260509130643
OBR|1|1001|2001|us-0003^UREA AND ELECTROLYTES^WinPath^^||20260509130643|20260509130643|||||||20260509130643||||||||20260509130643|||F||1
OBX|1|NM|tt-0003-01^Creatinine^WinPath^^||98.00|UMOLL|49 - 92|H|||F|||20260509130643||
NTE|0||Seen twice|
OBX|2|NM|tt-0003-02^Potassium^WinPath^^||<15|MMOLL|3.5 - 5.3||||C|||20260509130643||
OBX|3|TX|tt-0005-01^AVPU^LOINC^^||Alert||||||P|||20260509130643||
OBX|4|NM|tt-0003-04^Urea^WinPath^^|||MMOLL|2.5 - 7.8||||F|||20260509130643||

MSH|^~\&|SIMHOSP|SFAC|RAPP|RFAC|20260510130643||ADT^A34|7|T|2.3|||AL||44|ASCII
EVN|A34|20260510130643|||C006^Woolf^Kay^^^Dr^^^DRNBR^PRSNL^^^ORGDR|
PID|1|700301^^^SIMULATOR MRN^MRN|700301^^^SIMULATOR MRN^MRN~9990000018^^^NHSNBR^NHSNMBR||Weir^Tessa^^^Ms^^CURRENT||19800229000000|F
MRG|700303^^^SIMULATOR MRN^MRN|

MSH|^~\&|SIMHOSP|SFAC|RAPP|RFAC|20260511130643||MDM^T02|8|T|2.3|||AL||44|ASCII
EVN|T02|20260511130643|||C006^Woolf^Kay^^^Dr^^^DRNBR^PRSNL^^^ORGDR|
PID|1|700301^^^SIMULATOR MRN^MRN|700301^^^SIMULATOR MRN^MRN~9990000018^^^NHSNBR^NHSNMBR||Weir^Tessa^^^Ms^^CURRENT||19800229000000|F
PV1|1|O||28b|||C006^Woolf^Kay^^^Dr^^^DRNBR^PRSNL^^^ORGDR|||MED||||||||||||||||||||||||||||||||||||
TXA|1|PN||20260511130643|C006^Woolf^Kay^^^Dr^^^DRNBR^PRSNL^^^ORGDR|||20260511130643||||8CZ5|||||DO||||||
OBX|1|TX|Established Patient 15^Established Patient 15^Simulated Hospital^^|1|First line||||||F||||||
OBX|2|TX|Established Patient 15^Established Patient 15^Simulated Hospital^^|1|Second line||||||F||||||
""".replace("\n", "\r").encode()

STATUS = {"F": "final", "C": "corrected", "P": "preliminary"}
SEX = {"M": "male", "F": "female", "U": "unknown", "O": "other"}
CLASS = {"I": "IMP", "O": "AMB", "E": "EMER", "P": "PRENC"}
MEANS = {"A01": "admit", "R01": "result", "A34": "merge", "T02": "document"}

Rows = list[list[str]]


@pytest.fixture(scope="module", params=["held", "public"])
def cases(request: pytest.FixtureRequest) -> list[tuple[Rows, Translation]]:
    """Each message by the second reading, beside its translation."""
    if request.param == "public" and not SAMPLE.is_file():
        pytest.skip("the samples do not stand beside this checkout")
    content = HELD if request.param == "held" else SAMPLE.read_bytes()
    raws = list(split_messages(content))
    assert len(raws) == (4 if request.param == "held" else 400)
    return [(rows_of(raw), translate(parse(raw), SIMHOSPITAL, ReadableIds())) for raw in raws]


def rows_of(raw: bytes) -> Rows:
    lines = raw.decode().replace("\n", "\r").split("\r")
    return [line.split("|") + [""] * 60 for line in lines if line.strip()]


def row(rows: Rows, name: str) -> list[str]:
    return next((one for one in rows if one[0] == name), [""] * 60)


def part(field: str, n: int, repetition: int = 1) -> str:
    parts = [*field.split("~"), ""][repetition - 1].split("^")
    return parts[n - 1].strip() if n <= len(parts) else ""


def passes(number: str) -> bool:
    """The check of an NHS number, by the rule as it is published."""
    total = sum(int(digit) * weight for digit, weight in zip(number, range(10, 1, -1), strict=False))
    return len(number) == 10 and 11 - total % 11 in {int(number[9]), int(number[9]) + 11}


def local(stamp: str) -> str:
    """A stamp without zone, as FHIR writes it, but for the offset."""
    return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:14]}"


def test_each_message_means_what_its_trigger_says(cases: list[tuple[Rows, Translation]]) -> None:
    """Event and time are the message's own, and the patient is the one with its number."""
    for rows, told in cases:
        assert told.event == MEANS[part(row(rows, "MSH")[8], 2)]
        assert told.patient_id == f"patient-{part(row(rows, 'PID')[3], 1)}"
        assert told.occurred is not None
        stamp = row(rows, "EVN")[2] or row(rows, "MSH")[6]
        assert told.occurred.strftime("%Y%m%d") == stamp[:8]


def test_each_person_is_the_one_in_the_message(cases: list[tuple[Rows, Translation]]) -> None:
    """Numbers, name, birth, sex, address and phone as written; an NHS number that fails its check is marked and finds nobody."""
    people = 0
    for rows, told in cases:
        if told.event in {"result", "document"}:
            assert not resources(told, "Patient")
            continue
        people += 1
        pid, (patient, *_) = row(rows, "PID"), resources(told, "Patient")
        numbers = {one["value"]: one for one in patient["identifier"]}
        nhs = part(pid[3], 1, 2)
        assert {part(pid[3], 1), nhs} <= numbers.keys()
        is_marked = any(one["url"] == FAILED_CHECK for one in numbers[nhs].get("extension", ()))
        assert is_marked is not passes(nhs)
        name = patient["name"][0]
        assert name["family"] == part(pid[5], 1)
        assert name.get("given", []) == [one for one in (part(pid[5], 2), part(pid[5], 3)) if one]
        assert (patient["birthDate"], "_birthDate" in patient) == (local(pid[7])[:10], False)
        assert patient["gender"] == SEX[pid[8]]
        assert [one["postalCode"] for one in patient.get("address", [])] == [part(one, 5) for one in filled(pid[11])]
        assert [one["value"] for one in patient.get("telecom", [])] == [part(one, 1) for one in filled(pid[13])]
    assert people


def filled(field: str) -> list[str]:
    return [one for one in field.split("~") if one.strip("^ ")]


def test_each_visit_is_where_the_message_says(cases: list[tuple[Rows, Translation]]) -> None:
    """Number, class, ward, room and bed, doctor and begin; of a visit that the event is about."""
    for rows, told in cases:
        if told.event != "admit":
            assert not resources(told, "Encounter")
            continue
        pv1, (visit,) = row(rows, "PV1"), resources(told, "Encounter")
        places = {one["id"]: one["name"] for one in resources(told, "Location")}
        held = [places[one["location"]["reference"].partition("/")[2]] for one in visit["location"]]
        bed = f"{part(pv1[3], 2)}, {part(pv1[3], 3)}" if part(pv1[3], 2) else part(pv1[3], 3)
        assert held == [one for one in (part(pv1[3], 1), bed) if one]
        assert visit["identifier"][0]["value"] == part(pv1[19], 1)
        assert visit["class"]["code"] == CLASS[pv1[2]]
        assert visit["period"]["start"][:19] == local(pv1[44])
        doctors = [one["identifier"][0]["value"] for one in resources(told, "Practitioner")]
        assert part(pv1[7], 1) in doctors


def test_each_allergy_is_the_one_in_the_message(cases: list[tuple[Rows, Translation]]) -> None:
    """Code and text as written, in SNOMED CT, with what happened and since when."""
    for rows, told in cases:
        sent = [(part(one[3], 1), one[6]) for one in rows if one[0] == "AL1" and told.event == "admit"]
        held = [
            (one["code"]["coding"][0]["code"], one["onsetDateTime"][:10])
            for one in resources(told, "AllergyIntolerance")
        ]
        assert held == [(code, local(since)[:10]) for code, since in sent]


def test_each_result_is_the_one_in_the_message(cases: list[tuple[Rows, Translation]]) -> None:
    """Code, value with all its digits and its comparator, unit, status and time of every OBX; text that is no number is kept as text."""
    results = 0
    for rows, told in cases:
        sent = [one for one in rows if one[0] == "OBX"] if told.event == "result" else []
        observations = resources(told, "Observation")
        assert len(observations) == len(sent)
        for obx, one in zip(sent, observations, strict=True):
            results += 1
            assert one["code"]["coding"][0]["code"] == part(obx[3], 1)
            assert one["status"] == STATUS[obx[11]]
            assert one["category"]
            assert value_of(one) == expected_value(obx[2], obx[5])
            assert one.get("valueQuantity", {}).get("unit", "") == (obx[6].strip('"') if "valueQuantity" in one else "")
            if obx[14]:
                assert one["effectiveDateTime"][:19] == local(obx[14])
    assert results


def value_of(observation: dict[str, Any]) -> tuple[str, str] | str | None:
    if "valueQuantity" in observation:
        quantity = observation["valueQuantity"]
        return quantity.get("comparator", ""), str(quantity["value"])
    return observation.get("valueString")


def expected_value(kind: str, sent: str) -> tuple[str, str] | str | None:
    number = sent.lstrip("<>")
    if kind == "NM" and is_number(number):
        return sent[: len(sent) - len(number)], number
    return sent.replace("\\T\\", "&") or None


def is_number(text: str) -> bool:
    try:
        Decimal(text)
    except ArithmeticError:
        return False
    return True


def test_the_merge_and_the_letter_are_told(cases: list[tuple[Rows, Translation]]) -> None:
    """The one merge gives up the number in MRG-1; the one document has its number and every line."""
    (merge,) = [(rows, told) for rows, told in cases if told.event == "merge"]
    assert merge[1].prior_patient_id == f"patient-{part(row(merge[0], 'MRG')[1], 1)}"
    ((rows, told),) = [(rows, told) for rows, told in cases if told.event == "document"]
    (document,) = resources(told, "DocumentReference")
    assert part(row(rows, "TXA")[12], 1) in str(document["identifier"]) + str(document.get("masterIdentifier"))


def units(cases: list[tuple[Rows, Translation]]) -> Iterator[dict[str, Any]]:
    for _, told in cases:
        yield from (one["valueQuantity"] for one in resources(told, "Observation") if "valueQuantity" in one)


def test_every_unit_that_is_sent_is_known(cases: list[tuple[Rows, Translation]]) -> None:
    """The dialect has the UCUM code of each unit of this hospital, but for scores, which are of none."""
    unknown = {one["unit"] for one in units(cases) if "unit" in one and "code" not in one}
    assert unknown <= {"/10"}
