"""Made-up people of a ward, with what a real feed brings along: a merge, a death, a bad number, no bed, results of every kind."""

from decimal import Decimal

from unit.web.world import encounter, location, observation, patient

FAILED = {"url": "urn:tabard:extension:failed-check", "valueBoolean": True}
_MILL, _OAK = "2026-02-27T09:15:00+00:00", "2026-03-01T22:40:00+00:00"
_EARLIER = "2026-02-20T11:05:00+00:00"


def _marked(code: str) -> dict[str, object]:
    return {"interpretation": [{"coding": [{"code": code}]}]}


def _between(low: str, high: str) -> dict[str, object]:
    return {"referenceRange": [{"low": {"value": Decimal(low)}, "high": {"value": Decimal(high)}}]}


def _value(number: str, unit: str) -> dict[str, object]:
    return {"valueQuantity": {"value": Decimal(number), "unit": unit}}


RESOURCES = (
    location("ward-a", "Oak Ward", "wa"),
    location("ward-b", "Mill Ward", "wa"),
    location("ward-c", "Surgical Admissions Unit", "wa"),
    *(location(f"bed-a{n}", f"Bed {n}", "bd", "ward-a") for n in (1, 2, 10, 11)),
    location("bed-b1", "Bed 1", "bd", "ward-b"),
    patient("p1", "Smithson-Featherstonehaugh", "Margaret", telecom=[{"system": "phone", "value": "01632 960001"}]),
    patient(
        "p2",
        "Smith",
        "Alan",
        nhs="9990000026",
        gender="male",
        birthDate="2024-01-15",
        name=[{"family": "Smith", "given": ["Alan"]}],
    ),
    {
        **patient(
            "p3",
            "Okonkwo",
            "Chidi",
            gender="male",
            birthDate="1969-11-30",
            deceasedDateTime="2026-03-01T03:10:00+00:00",
        ),
        "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000011", "extension": [FAILED]}],
    },
    {
        **patient("p4", "Smith", "Jean", nhs="9990000034"),
        "link": [{"type": "replaces", "other": {"reference": "Patient/p5"}}],
    },
    {
        **patient("p5", "Smith", "Jeanne", nhs="9990000042"),
        "active": False,
        "link": [{"type": "replaced-by", "other": {"reference": "Patient/p4"}}],
    },
    {"resourceType": "Patient", "id": "p6", "active": True, "name": [{"text": "Unknown Male"}]},
    encounter("e1", "p1", [("ward-b", "bed-b1", _MILL, _OAK), ("ward-a", "bed-a10", _OAK, None)]),
    encounter("e2", "p2", [("ward-a", "bed-a2", _OAK, None)], serviceType={"coding": [{"display": "Paediatrics"}]}),
    encounter("e4", "p4", [("ward-a", "bed-a1", _MILL, None)]),
    encounter("e6", "p6", [("ward-b", "bed-b1", _OAK, None)], participant=[]),
    encounter(
        "e0",
        "p1",
        [("ward-b", "bed-b1", _EARLIER, "2026-02-23T16:00:00+00:00")],
        status="finished",
        period={"start": _EARLIER, "end": "2026-02-23T16:00:00+00:00"},
    ),
    observation("o1", "p1", "Sodium", _value("128", "mmol/L"), **_marked("L"), **_between("133", "146")),
    observation("o2", "p1", "Potassium", _value("6.8", "mmol/L"), **_marked("HH"), **_between("3.5", "5.3")),
    observation("o3", "p1", "Creatinine", _value("98.0", "umol/L"), **_marked("N"), **_between("45", "110")),
    observation(
        "o4", "p1", "Haemolysis", {"valueString": "Slight"}, status="corrected", note=[{"text": "Sample 6 h old"}]
    ),
    observation("o5", "p1", "CRP", _value("4", "mg/L"), status="entered-in-error"),
    observation(
        "o6", "p1", "Blood group", {"valueCodeableConcept": {"text": "A RhD positive"}}, effectiveDateTime="2026-02-27"
    ),
    {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "status": "final",
        "code": {"text": "Urea and electrolytes"},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-03-02T07:40:00+00:00",
        "result": [{"reference": f"Observation/o{n}"} for n in range(1, 6)],
    },
)
