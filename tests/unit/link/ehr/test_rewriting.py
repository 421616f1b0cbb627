"""A resource leaves with the record's ids alone, or it does not leave."""

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from strategies.fhir import json_values
from tabard.fhir import Resource, decode, encode
from tabard.ground.ids import KeyedIds
from tabard.link.ehr.chart import Chart
from tabard.link.ehr.guard import leaks, places_of
from tabard.link.ehr.rewriting import rewrite
from unit.link.ehr.stand_in import BASE, MRN, NHS, TENANT, THEIR_MRN, THEIR_NHS, their_observation

ANN, BEN = "12724001", "12724002"
IDS = KeyedIds(b"k")
CHART = Chart(
    base=BASE,
    link="ehr",
    theirs=ANN,
    ours="ann",
    known=lambda kind, theirs: {"Encounter/97001": "e-ann", "Practitioner/41001": "dr"}.get(f"{kind}/{theirs}"),
    systems={THEIR_MRN: MRN, THEIR_NHS: NHS},
    numbers=frozenset({(MRN, "100"), (NHS, "9990000018")}),
    passed=frozenset({"Observation", "DiagnosticReport"}),
    id_of=lambda kind, theirs: IDS.make("ehr", kind, theirs),
)
OBSERVATION = CHART.id_of("Observation", "VS-2")


def told(**more: Any) -> Resource:
    """Ann's result with these elements, rewritten; it is not withheld."""
    found = rewrite(decode(encode(their_observation("VS-1", ANN, **more))), CHART)
    assert found is not None
    assert not leaks(encode(found.resource), places_of(BASE), found.ids)
    return found.resource


def is_withheld(**more: Any) -> bool:
    """Whether Ann's result with these elements is withheld."""
    return rewrite(decode(encode(their_observation("VS-1", ANN, **more))), CHART) is None


def test_a_result_is_the_records_and_nothing_leads_back() -> None:
    """Id, subject, visit and code set are the record's; narrative, version and the EHR's own identifiers are gone."""
    identifier = [{"system": "https://fhir.cerner.com/ceuuid", "value": "CE1-20260301"}]
    found = told(identifier=identifier, encounter={"reference": "Encounter/97001"}, valueInteger=12724001)
    assert found == {
        "resourceType": "Observation",
        "id": CHART.id_of("Observation", "VS-1"),
        "meta": {"lastUpdated": "2026-03-01T08:30:00.000Z"},
        "status": "final",
        "code": {"coding": [{"system": "urn:tabard:ehr:ehr:codeSet:72", "code": "703511"}]},
        "subject": {"reference": "Patient/ann"},
        "encounter": {"reference": "Encounter/e-ann"},
        "effectiveDateTime": "2026-03-01T08:30:00.000Z",
        "valueInteger": 12724001,
    }


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("Observation/VS-2", {"reference": f"Observation/{OBSERVATION}"}),
        (f"{BASE}/Observation/VS-2", {"reference": f"Observation/{OBSERVATION}"}),
        (
            f"{BASE.upper().replace('HTTPS', 'https')}/Observation/VS-2/_history/3",
            {"reference": f"Observation/{OBSERVATION}"},
        ),
        ("Practitioner/41001", {"reference": "Practitioner/dr"}),
        ("Practitioner/41002", {"type": "Practitioner", "display": "not known here"}),
        (f"Patient/{ANN}", {"reference": "Patient/ann"}),
        (f"{BASE}/Patient/{ANN}", {"reference": "Patient/ann"}),
        ("https://elsewhere.example/fhir/Device/1", {"type": "Device", "display": "not known here"}),
        ("urn:uuid:0a0b", {"display": "not known here"}),
        ("#nobody", {"display": "not known here"}),
    ],
)
def test_a_reference_is_the_records_or_words(reference: str, expected: Resource) -> None:
    """Wherever a reference stands, it becomes the record's, or what can be said without an id."""
    plain, inside = {"reference": reference}, {"url": "http://x/e", "valueReference": {"reference": reference}}
    found = told(focus=[plain], component=[{"code": {"text": "x"}, "extension": [inside]}])
    assert found["focus"] == [expected]
    assert found["component"][0]["extension"] == [{"url": "http://x/e", "valueReference": expected}]


@pytest.mark.parametrize(
    "more",
    [
        {"focus": [{"reference": f"Patient/{BEN}"}]},
        {"focus": [{"reference": f"{BASE}/Patient/{BEN}"}]},
        {"focus": [{"reference": f"https://elsewhere.example/fhir/Patient/{ANN}"}]},
        {"extension": [{"url": "http://x/e", "valueReference": {"reference": f"Patient/{BEN}/_history/1"}}]},
        {"extension": [{"url": "http://x/e", "valueUri": f"{BASE}/Patient/{BEN}"}]},
        {"extension": [{"url": "http://x/e", "valueString": f"Patient/{BEN}"}]},
        {"contained": [{"resourceType": "Patient", "id": "p", "name": [{"family": "Bell"}]}]},
        {"component": [{"resourceType": "Patient", "name": [{"family": "Bell"}]}]},
        {"contained": [{"resourceType": "Specimen", "id": "s", "subject": {"reference": f"Patient/{BEN}"}}]},
        {"focus": [{"type": "Patient", "identifier": {"system": THEIR_MRN, "value": "200"}}]},
        {"focus": [{"identifier": {"system": THEIR_MRN, "value": "200"}}]},
        {"focus": [{"type": "Patient", "display": "Bell"}]},
        {"identifier": [{"system": THEIR_MRN, "value": "200"}]},
        {"subject": {"reference": f"Patient/{BEN}"}},
        {"focus": [{"type": "Patient", "identifier": {"system": THEIR_NHS, "value": "9990000026"}}]},
        {"performer": [{"identifier": {"system": THEIR_NHS, "value": "9990000026"}, "display": "Bell"}]},
        {"performer": [{"reference": "Patient?identifier=200", "display": "Bell"}]},
        {"performer": [{"reference": "https://elsewhere.example/patient?_id=1", "display": "Bell"}]},
        {"subject": {"reference": f"Patient/{ANN}", "identifier": {"system": THEIR_MRN, "value": "200"}}},
        {"subject": {"reference": f"Patient/{ANN}", "identifier": {"system": THEIR_NHS, "value": "9990000026"}}},
        {"contained": [{"resourceType": "Observation", "id": "o", "subject": {"display": "Bell"}}]},
        {"contained": [{"resourceType": "Observation", "id": "o", "subject": {"reference": "Group/1"}}]},
        {"contained": [{"resourceType": "Observation", "id": "o", "subject": "Bell"}]},
        {"subject": {"display": "Archer"}},
        {"subject": {"reference": f"Group/{ANN}"}},
        {"subject": None},
    ],
)
def test_what_speaks_of_anybody_else_is_withheld_whole(more: dict[str, Any]) -> None:
    """A reference to another patient, or to one who cannot be told, withholds the resource, wherever it stands."""
    assert is_withheld(**more)


def test_what_is_contained_keeps_its_place_under_another_name() -> None:
    """Contained resources have new names, and what pointed at them still does."""
    contained = [
        {"resourceType": "Specimen", "id": f"{ANN}-0", "text": {"div": "<div/>"}, "note": [{"text": "cloudy"}]}
    ]
    found = told(contained=contained, specimen={"reference": f"#{ANN}-0"})
    assert found["contained"] == [{"resourceType": "Specimen", "id": "c1", "note": [{"text": "cloudy"}]}]
    assert found["specimen"] == {"reference": "#c1"}


def test_an_attachment_has_no_address() -> None:
    """What a report looks like is kept, where it lies in the EHR is not."""
    form = {"contentType": "application/pdf", "url": f"{BASE}/Binary/XR-1", "title": "Chest"}
    other = {"contentType": "application/pdf", "url": "https://images.example/XR-1?patient=secret", "title": "Chest"}
    assert (
        told(presentedForm=[form, other])["presentedForm"] == [{"contentType": "application/pdf", "title": "Chest"}] * 2
    )


def test_element_ids_and_addresses_are_left_out() -> None:
    """An element's own id may hold the patient's; an address below the tenant leads to it."""
    category = [
        {
            "id": f"CI-{ANN}-0",
            "text": "Vital signs",
            "extension": [{"url": "http://x/e", "valueUri": f"{BASE}/Binary/1"}],
        }
    ]
    assert told(category=category)["category"] == [{"text": "Vital signs"}]


def test_the_patients_own_number_is_the_records() -> None:
    """A reference by the patient's number alone is to the patient."""
    performer = [{"type": "Patient", "identifier": {"system": THEIR_MRN, "value": "100"}, "display": "self"}]
    assert told(performer=performer)["performer"] == [{"reference": "Patient/ann", "display": "self"}]


def test_the_patient_is_called_what_the_record_says() -> None:
    """The name that the EHR puts beside the subject may be an earlier one, or wrong: it is left out."""
    own = {"identifier": {"system": THEIR_NHS, "value": "9990000018"}, "display": "Miss Ann Old-Name"}
    assert told(subject={"reference": f"Patient/{ANN}", **own})["subject"] == {"reference": "Patient/ann"}


def test_every_id_that_was_made_comes_with_its_row() -> None:
    """What the answer names can be read by that name afterwards, and only as this patient's."""
    found = rewrite(their_observation("VS-1", ANN, hasMember=[{"reference": "Observation/VS-2"}]), CHART)
    assert found is not None
    assert {(row.type, row.theirs, row.patient) for row in found.rows} == {
        ("Observation", "VS-1", "ann"),
        ("Observation", "VS-2", "ann"),
    }


PLACES = st.sampled_from(
    [
        f"Patient/{ANN}",
        f"Patient/{BEN}",
        f"{BASE}/Patient/{BEN}",
        f"{BASE}/Patient/{ANN}",
        f"{BASE}/Binary/1",
        "Encounter/97001",
        "Encounter/97002",
        "#a",
        "Observation/VS-2",
        f"https://fhir.cerner.com/{TENANT}/codeSet/4",
        ANN,
        f"CI-{ANN}-0",
        "free text",
    ]
)
NAMES = st.sampled_from(
    ["reference", "valueUri", "url", "id", "identifier", "value", "system", "type", "display", "text", "extension", "x"]
)


def shapes() -> st.SearchStrategy[Any]:
    """JSON nested as deep as it comes, with ids of all kinds at any place."""
    return st.recursive(
        PLACES | json_values(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
        max_leaves=12,
    )


@given(
    st.dictionaries(
        st.sampled_from(["focus", "extension", "component", "note", "contained", "meta", "performer"]), shapes()
    )
)
@settings(max_examples=200)
def test_whatever_the_shape_nothing_leads_back(more: dict[str, Any]) -> None:
    """Of any nested shape: it is withheld, or the guard stops it, or it names neither another patient nor the tenant."""
    found = rewrite(their_observation("VS-1", ANN, **more), CHART)
    if found is None:
        return
    body = encode(found.resource)
    if leaks(body, places_of(BASE), found.ids):
        return
    for trace in (ANN, BEN, TENANT, "ehr.example", "97001", "VS-1", "97002"):
        assert trace.encode() not in body or _is_number(decode(body), trace)


def _is_number(value: Any, trace: str) -> bool:
    """Whether the trace stands in no text of it: a number may hold any digits."""
    if isinstance(value, dict):
        return all(_is_number(each, trace) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return all(_is_number(each, trace) for each in value)
    return not (isinstance(value, str) and trace in value)
