"""ITK 2.4 messages against values read from them by eye.

The toolkit's own samples are tried where their folder stands beside the checkout; messages of the same makes, with other
people in them, are held here and always tried.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tabard.dialect import SOURCE_TEXT, Translation, Untranslatable, load, names, translate
from tabard.hl7v2 import parse
from unit.dialect.messages import ReadableIds

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "hl7v2"

ADMISSION = r"""MSH|^~\&|PAS|RXX|ROUTE|ROUTE|202602030910||ADT^A01^ADT_A01|A1|P|2.4|1|20260203091000|||GBR|UNICODE|EN||iTKv1.0
EVN||202602030900|||222222222^Vance^Petra^^^Ms^^RXX01|202602030855
PID|1||9990000026^^^NHS||LINDQVIST^ARNE^O^^MR^^L|HOLM^SIV^B|195803071230|1|||7 MILL COURT^NETHERBY^HALTON^CUMBRIA^CA7 0ZZ^GBR^H||+441632960101||EN|S|C22|||||B|Lund|||GBR||SWE
PD1|||NETHERBY PRACTICE^^Y00002|G9999982^Adeyemi^Folake^^^Dr^^^GMP
PV1|1|I|RXX^ELM4^SIDE ROOM 2^RXX01|12|||C9999992^Rossi^Lucia^^^Miss^^^GMC|G9999982^Adeyemi^Folake^^^Dr^^^GMP|C9999992^Rossi^Lucia^^^Miss^^^GMC|301||||29|||||88017^^^VISITID|||||||||||||||||||||||||202602030850
ZU1|202601200900|1
""".replace("\n", "\r")
DISCHARGE = r"""MSH|^~\&|PAS|RXX|ROUTE|RXX|202607011730||ADT^A03^ADT_A03|A2|P|2.4|0|20260701173000|||GBR|UNICODE|EN||iTKv1.0
EVN||202607011720|||222222222^Vance^Petra^^Ms^^RXX01|202607011715
PID|1||9990000034^^^NHS~D77^^^RXX||BARAKAT^NOUR^^^MISS^^L||19990105|2|||||01632960102||EN|M||||||Z||N||||||||ED~NSTS02
PD1|||NETHERBY PRACTICE^^Y00002|G9999982^Adeyemi^Folake^^^Dr^^^GMP
PV1|1|O|RXX^OAK1^Bed 9^RXX01|82|||C9999992^Rossi^Lucia^^^Miss^^^GMC||C9999992^Rossi^Lucia^^^Miss^^^GMC|501||||19|B6||C9999993^Ito^Ken^^^Dr^^^GMC||88018^^^VISITID|||||||||||||||||1|29|||||||202606301100|202607011715
""".replace("\n", "\r")
REGISTRATION = r"""MSH|^~\&|PAS|RXX|ROUTE|ROUTE|202601021215||ADT^A28^ADT_A05|A3|P|2.4|0|20260102121500|||GBR|UNICODE|EN||iTKv1.0
EVN||202601021213|||222222222^Vance^Petra^^Ms^^RXX01|202601021213
PID|1||9990000042^^^NHS||SZABO^ILONA^^^DR^^L||198214071515|9|||||||EN
PD1|||NETHERBY PRACTICE^^Y00002|G9999982^Adeyemi^Folake^^^Dr^^^GMP
""".replace("\n", "\r")

CONSULTANT, GP = "https://fhir.hl7.org.uk/Id/consultant-code", "https://fhir.hl7.org.uk/Id/gmp-number"

SAMPLE_PERSON = {
    "identifiers": [("https://fhir.nhs.uk/Id/nhs-number", "3333333333")],
    "name": ("official", "SMITH", ["FREDRICA", "J"], ["MRS"]),
    "gender": "female",
    "practice": "Y06601",
    "gp": (GP, "G5612908"),
    "phone": "+441234567890",
    "postcode": "YO32 5TT",
    "marital": "M",
    "managing": "RCB",
    "deceased": None,
}

EXPECTED: dict[str, Mapping[str, Any]] = {
    "itk-HL7_v2_4_ADT_A01_Admit_Inpatient.hl7": {
        **SAMPLE_PERSON,
        "event": "admit",
        "occurred": "2010-10-10T13:00:00+00:00",
        "birth_date": "1965-12-13",
        "raw_birth_date": None,
        "nhs_status": None,
        "visit": "2139",
        "class": "IMP",
        "status": "in-progress",
        "ward": "OBS1",
        "bed": "BAY2-6",
        "site": "RCB55",
        "doctors": [("ATND", CONSULTANT, "C3456789"), ("REF", GP, "G5612908"), ("CON", CONSULTANT, "C3456789")],
        "start": "2010-10-20T17:16:00+01:00",
        "end": None,
        "specialty": "300",
        "admission_method": "13",
        "admit_source": "19",
        "destination": None,
    },
    "itk-HL7_v2_4_ADT_A03_Discharge_a_Patient_.hl7": {
        **SAMPLE_PERSON,
        "event": "discharge",
        "occurred": "2010-03-31T16:25:00+00:00",
        "birth_date": "1965-12-13",
        "raw_birth_date": None,
        "nhs_status": None,
        "visit": "11554",
        "class": "AMB",
        "status": "finished",
        "ward": "MATWRD",
        "bed": "Bed 3",
        "site": "RCB55",
        "doctors": [("ATND", CONSULTANT, "C3456789"), ("CON", CONSULTANT, "C3456789"), ("ADM", CONSULTANT, "C3456789")],
        "start": "2010-03-30T11:00:00+01:00",
        "end": "2010-03-31T17:15:00+01:00",
        "specialty": "500",
        "admission_method": "82",
        "admit_source": "79",
        "destination": None,
    },
    "itk-HL7_v2_4_ADT_A28_Create_New_Patient.hl7": {
        **SAMPLE_PERSON,
        "event": "register",
        "occurred": "2010-01-02T12:13:00+00:00",
        "birth_date": None,
        "raw_birth_date": "196513121515",
        "nhs_status": None,
        "visit": None,
    },
    "held: admission": {
        "event": "admit",
        "occurred": "2026-02-03T08:55:00+00:00",
        "identifiers": [("https://fhir.nhs.uk/Id/nhs-number", "9990000026")],
        "name": ("official", "LINDQVIST", ["ARNE", "O"], ["MR"]),
        "gender": "male",
        "birth_date": "1958-03-07",
        "raw_birth_date": None,
        "nhs_status": None,
        "practice": "Y00002",
        "gp": (GP, "G9999982"),
        "phone": "+441632960101",
        "postcode": "CA7 0ZZ",
        "marital": "S",
        "managing": "RXX",
        "deceased": None,
        "visit": "88017",
        "class": "IMP",
        "status": "in-progress",
        "ward": "ELM4",
        "bed": "SIDE ROOM 2",
        "site": "RXX01",
        "doctors": [("ATND", CONSULTANT, "C9999992"), ("REF", GP, "G9999982"), ("CON", CONSULTANT, "C9999992")],
        "start": "2026-02-03T08:50:00+00:00",
        "end": None,
        "specialty": "301",
        "admission_method": "12",
        "admit_source": "29",
        "destination": None,
    },
    "held: discharge": {
        "event": "discharge",
        "occurred": "2026-07-01T16:15:00+00:00",
        "identifiers": [("https://fhir.nhs.uk/Id/nhs-number", "9990000034"), ("urn:tabard:authority:RXX", "D77")],
        "name": ("official", "BARAKAT", ["NOUR"], ["MISS"]),
        "gender": "female",
        "birth_date": "1999-01-05",
        "raw_birth_date": None,
        "nhs_status": "02",
        "practice": "Y00002",
        "gp": (GP, "G9999982"),
        "phone": "01632960102",
        "postcode": None,
        "marital": "M",
        "managing": "RXX",
        "deceased": None,
        "visit": "88018",
        "class": "AMB",
        "status": "finished",
        "ward": "OAK1",
        "bed": "Bed 9",
        "site": "RXX01",
        "doctors": [("ATND", CONSULTANT, "C9999992"), ("CON", CONSULTANT, "C9999992"), ("ADM", CONSULTANT, "C9999993")],
        "start": "2026-06-30T11:00:00+01:00",
        "end": "2026-07-01T17:15:00+01:00",
        "specialty": "501",
        "admission_method": "82",
        "admit_source": "19",
        "destination": "29",
    },
    "held: registration": {
        "event": "register",
        "occurred": "2026-01-02T12:13:00+00:00",
        "identifiers": [("https://fhir.nhs.uk/Id/nhs-number", "9990000042")],
        "name": ("official", "SZABO", ["ILONA"], ["DR"]),
        "gender": "other",
        "birth_date": None,
        "raw_birth_date": "198214071515",
        "nhs_status": None,
        "practice": "Y00002",
        "gp": (GP, "G9999982"),
        "phone": None,
        "postcode": None,
        "marital": None,
        "managing": "RXX",
        "deceased": None,
        "visit": None,
    },
}
HELD = {"held: admission": ADMISSION, "held: discharge": DISCHARGE, "held: registration": REGISTRATION}


def raw_of(name: str) -> bytes:
    if name in HELD:
        return HELD[name].encode()
    file = SAMPLES / name
    if not file.is_file():
        pytest.skip("the samples do not stand beside this checkout")
    return file.read_bytes()


@pytest.mark.parametrize("name", EXPECTED)
def test_each_value_is_the_one_in_the_message(name: str) -> None:
    """Who, born when, of which practice, on which visit, where and under whom: as written; absent where absent."""
    translation = translate(parse(raw_of(name)), load("itk-2.4"), ReadableIds())
    told = {
        "event": translation.event.value,
        "occurred": translation.occurred.isoformat() if translation.occurred else None,
        **person_of(translation),
        **visit_of(translation),
    }
    assert told == EXPECTED[name]


@pytest.mark.parametrize("dialect", names())
@pytest.mark.parametrize("name", ["cerner-homerton-A31-v23.hl7", "cerner-royalfree-A01-v23.hl7"])
def test_a_cerner_message_is_translated_or_refused(name: str, dialect: str) -> None:
    """A message of another maker, in whatever dialect, is translated or refused with its reason; it never crashes."""
    try:
        translation = translate(parse(raw_of(name)), load(dialect), ReadableIds())
    except Untranslatable:
        return
    assert translation.drafts


def person_of(translation: Translation) -> dict[str, Any]:
    by_type = {draft.resource["resourceType"]: draft.resource for draft in translation.drafts}
    patient = by_type["Patient"]
    name = patient["name"][0]
    practice, gp = (found(translation, one["reference"]) for one in patient["generalPractitioner"])
    raw = [one for one in patient.get("_birthDate", {}).get("extension", []) if one["url"] == SOURCE_TEXT]
    status = [one for number in patient["identifier"] for one in number.get("extension", [])]
    return {
        "identifiers": [(one["system"], one["value"]) for one in patient["identifier"]],
        "nhs_status": status[0]["valueCodeableConcept"]["coding"][0]["code"] if status else None,
        "name": (name["use"], name["family"], name["given"], name["prefix"]),
        "gender": patient["gender"],
        "birth_date": patient.get("birthDate"),
        "raw_birth_date": raw[0]["valueString"] if raw else None,
        "practice": practice["identifier"][0]["value"],
        "gp": (gp["identifier"][0]["system"], gp["identifier"][0]["value"]),
        "phone": patient["telecom"][0]["value"] if "telecom" in patient else None,
        "postcode": patient["address"][0]["postalCode"] if "address" in patient else None,
        "marital": patient["maritalStatus"]["coding"][0]["code"] if "maritalStatus" in patient else None,
        "managing": patient["managingOrganization"]["identifier"]["value"],
        "deceased": patient.get("deceasedBoolean", patient.get("deceasedDateTime")),
    }


def visit_of(translation: Translation) -> dict[str, Any]:
    visits = [one.resource for one in translation.drafts if one.resource["resourceType"] == "Encounter"]
    if not visits:
        return {"visit": None}
    visit = visits[0]
    ward, bed = (found(translation, one["location"]["reference"]) for one in visit["location"])
    assert bed["partOf"]["reference"] == f"Location/{ward['id']}"
    stay = visit["hospitalization"]
    return {
        "visit": visit["identifier"][0]["value"],
        "class": visit["class"]["code"],
        "status": visit["status"],
        "ward": ward["name"],
        "bed": bed["name"],
        "site": visit["serviceProvider"]["identifier"]["value"],
        "doctors": [doctor_of(translation, one) for one in visit["participant"]],
        "start": visit["period"].get("start"),
        "end": visit["period"].get("end"),
        "specialty": visit["serviceType"]["coding"][0]["code"],
        "admission_method": stay["extension"][0]["valueCodeableConcept"]["coding"][0]["code"],
        "admit_source": stay["admitSource"]["coding"][0]["code"],
        "destination": stay["dischargeDisposition"]["coding"][0]["code"] if "dischargeDisposition" in stay else None,
    }


def doctor_of(translation: Translation, participant: dict[str, Any]) -> tuple[str, str, str]:
    number = found(translation, participant["individual"]["reference"])["identifier"][0]
    return participant["type"][0]["coding"][0]["code"], number["system"], number["value"]


def found(translation: Translation, reference: str) -> dict[str, Any]:
    kind, _, id_ = reference.partition("/")
    pairs = [one.resource for one in translation.drafts]
    return next(one for one in pairs if (one["resourceType"], one["id"]) == (kind, id_))
