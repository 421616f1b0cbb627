"""What ITK messages carry beside person and visit: kin, health, reasons, Z segments; and what of them goes nowhere, by name.

Values were read from the messages by eye. The toolkit's own samples are tried where their folder stands beside the checkout; a
message that carries all of it, with other people in it, is held here and always tried.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tabard.dialect import load, translate
from tabard.dialect.explaining.elements import named, values
from tabard.dialect.explaining.readable_ids import ReadableIds
from tabard.hl7v2 import parse

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "hl7v2"

HELD = r"""MSH|^~\&|PAS|RXX|ROUTE|ROUTE|202602030910||ADT^A01^ADT_A01|A1|P|2.4|1|20260203091000|||GBR|UNICODE|EN||iTKv1.0
EVN||202602030900||||202602030855
PID|1||9990000026^^^NHS||LINDQVIST^ARNE^O^^MR^^L|HOLM^SIV^B|195803071230|1|||7 MILL COURT^NETHERBY^HALTON^CUMBRIA^CA7 0ZZ^GBR^H||+441632960101||CY|S|C22|||||B|Lund|||GBR||SWE
NK1|1|LINDQVIST^OLGA^J^^MRS^^L|1|7 MILL COURT^NETHERBY^HALTON^CUMBRIA^CA7 0ZZ^GBR^H|+441632960102||||||||||2|196001021513||||EN
PV1|1|I|RXX^ELM4^SIDE ROOM 2^RXX01|12||||||301|||||||||88017^^^VISITID|||||||||||||||||||||||||202602030850
PV2|||Chest pain|||||||||||||||||||||||||||||||||||C
AL1|1|DA|Z88.0|MO|rash|202001021200
ZU1|202601200900|1|C|202602030850||300|||||||||202601101200|202601091156
ZU3|004|03|5|||||Normal|8b||1|1
""".replace("\n", "\r").encode()

Said = Mapping[str, Any]

SAMPLE_PERSON: Said = {
    "communication[0].language.coding[0].code": "en",
    "mothersMaidenName": "SCHMIDT",
    "religion": "C22",
    "birthPlace": "Berlin",
    "citizenship": "GBR",
    "nationality": "DEU",
}
EXPECTED: dict[str, tuple[Said, Said, Said, tuple[str, ...]]] = {
    "itk-HL7_v2_4_ADT_A01_Admit_Inpatient.hl7": (
        {
            **SAMPLE_PERSON,
            "contact[0].name.family": "SMITH",
            "contact[0].name.given[0]": "ALBERT",
            "contact[0].telecom[0].value": "+441234567890",
            "contact[0].address.postalCode": "YO32 5TT",
            "contact[0].gender": "male",
            "contact[0].relationship[0].coding[0].code": "SPS",
        },
        {
            "decision-to-admit": "2010-10-07T12:34:00+01:00",
            "consultant-episode-start": "2010-10-09T13:00:00+01:00",
            "referral-received": "2010-10-08T12:00:00+01:00",
            "referral-date": "2010-10-08T11:56:00+01:00",
            "intended-management": "1",
            "main-specialty": "500",
            "appointment-type": "Normal",
            "first-attendance": "1",
            "attended": "5",
        },
        {},
        (
            *("EVN-5", "NK1-16", "NK1-20", "PV2-38", "ZU1-3", "ZU1-17", "ZU1-18", "ZU1-19"),
            *("ZU3-1", "ZU3-2", "ZU3-9", "ZU3-11", "ZU4-2", "ZU4-3", "ZU8-1", "ZU8-2", "ZU8-3"),
        ),
    ),
    "itk-HL7_v2_4_ADT_A03_Discharge_a_Patient_.hl7": (
        SAMPLE_PERSON,
        {
            "reasonCode[0].text": "Labour",
            "type[0].coding[0].code": "Pregnant",
            "hospitalization.specialArrangement[0].coding[0].code": "B6",
        },
        {},
        ("EVN-5", "PV2-25", "PV2-38"),
    ),
    "itk-HL7_v2_4_ADT_A28_Create_New_Patient.hl7": (
        {
            **SAMPLE_PERSON,
            "contact[0].name.family": "SMITH",
            "contact[0].name.given[0]": "FRANCESCA",
            "contact[0].relationship[0].coding[0].code": "FAMMEMB",
            "contact[0].gender": "male",
            "contact[0].telecom[0].value": "+441234567890",
        },
        {},
        {
            "category[0]": "medication",
            "code.coding[0].code": "Z88.5",
            "onsetDateTime": "1998-07-01T17:55:00+01:00",
            "reaction[0]._severity.extension[0].valueString": "5",
        },
        ("EVN-5", "NK1-16", "NK1-20", "ZU8-1", "ZU8-2", "ZU8-3"),
    ),
    "held": (
        {
            "communication[0].language.coding[0].code": "cy",
            "mothersMaidenName": "HOLM",
            "religion": "C22",
            "birthPlace": "Lund",
            "citizenship": "GBR",
            "nationality": "SWE",
            "contact[0].name.family": "LINDQVIST",
            "contact[0].name.given[0]": "OLGA",
            "contact[0].gender": "female",
            "contact[0].relationship[0].coding[0].code": "SPS",
            "contact[0].address.city": "HALTON",
        },
        {
            "reasonCode[0].text": "Chest pain",
            "decision-to-admit": "2026-01-20T09:00:00+00:00",
            "consultant-episode-start": "2026-02-03T08:50:00+00:00",
            "referral-received": "2026-01-10T12:00:00+00:00",
            "referral-date": "2026-01-09T11:56:00+00:00",
            "intended-management": "1",
            "main-specialty": "300",
            "appointment-type": "Normal",
            "first-attendance": "1",
            "attended": "5",
        },
        {
            "category[0]": "medication",
            "code.coding[0].code": "Z88.0",
            "reaction[0].severity": "moderate",
            "reaction[0].manifestation[0].text": "rash",
            "onsetDateTime": "2020-01-02T12:00:00+00:00",
        },
        ("NK1-16", "NK1-20", "PV2-38", "ZU1-3", "ZU3-1", "ZU3-2", "ZU3-9", "ZU3-11"),
    ),
}


def raw_of(name: str) -> bytes:
    if name == "held":
        return HELD
    file = SAMPLES / name
    if not file.is_file():
        pytest.skip("the samples do not stand beside this checkout")
    return file.read_bytes()


@pytest.mark.parametrize("name", EXPECTED)
def test_what_stands_beside_person_and_visit_is_told(name: str) -> None:
    """Each value as written, in its element or its extension; an allergy only where one was sent."""
    translation = translate(parse(raw_of(name)), load("itk-2.4"), ReadableIds())
    told = by_element(dict(values(named(translation))))
    for kind, expected in zip(("Patient", "Encounter", "AllergyIntolerance"), EXPECTED[name][:3], strict=True):
        held = told.get(f"{kind}/1", {})
        assert {element: held.get(element) for element in expected} == expected
    assert ("AllergyIntolerance/1" in told) is bool(EXPECTED[name][2])
    assert ("contact[0].name.family" in told["Patient/1"]) is ("contact[0].name.family" in EXPECTED[name][0])


@pytest.mark.parametrize("name", EXPECTED)
def test_what_goes_nowhere_is_named_and_nothing_else(name: str) -> None:
    """The list of what was not mapped is exactly the fields that hold something and have no place yet."""
    assert translate(parse(raw_of(name)), load("itk-2.4"), ReadableIds()).unmapped == EXPECTED[name][3]


def by_element(told: dict[tuple[str, str], Any]) -> dict[str, dict[str, Any]]:
    """The values by resource and element; an extension's by the last words of its URL."""
    held: dict[str, dict[str, Any]] = {}
    for (resource, element), value in told.items():
        held.setdefault(resource, {})[element] = value
    for elements in held.values():
        urls = [(one, url) for one, url in elements.items() if one.endswith("].url") and ":" in str(url)]
        for element, url in urls:
            below = {one: value for one, value in elements.items() if one.startswith(element.removesuffix("url"))}
            codes = [value for one, value in below.items() if one.endswith(".code")]
            elements[last_words(url)] = (codes or [value for one, value in below.items() if one != element])[0]
    return held


def last_words(url: str) -> str:
    return url.rpartition(":" if url.startswith("urn:") else "/")[2].removeprefix("patient-")
