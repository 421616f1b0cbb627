"""What each search parameter finds in a resource, and the table it stands in."""

import pytest

from tabard.fhir import Resource
from tabard.fhir.dates import ALWAYS_AFTER, range_of
from tabard.fhir.indexing import Node, find, tree
from tabard.fhir.paths import compile_path, reference_type
from tabard.fhir.search_parameters import parameters_of, searchable_types
from tabard.ground.errors import InternalError

PATIENT: Resource = {
    "resourceType": "Patient",
    "identifier": [{"system": "urn:mrn", "value": "7"}, {"value": "8"}, {"system": "urn:mrn"}, None, "x"],
    "name": [{"family": "Łuk", "given": ["Ann", "Zoë"], "text": "Ms Ann"}, {"family": ""}, None],
    "active": False,
    "gender": "female",
    "birthDate": "1980-05",
    "address": [{"postalCode": "LS1 1AA"}, {}],
    "link": [{"other": {"reference": "Patient/2"}, "type": "replaces"}],
}
GENDER = "http://hl7.org/fhir/administrative-gender"
BOOLEAN = "http://terminology.hl7.org/CodeSystem/special-values"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("identifier", {("7", "urn:mrn"), ("8", "")}),
        ("family", {("luk", "Łuk")}),
        ("given", {("ann", "Ann"), ("zoe", "Zoë")}),
        ("name", {("luk", "Łuk"), ("ann", "Ann"), ("zoe", "Zoë"), ("ms ann", "Ms Ann")}),
        ("active", {("false", BOOLEAN)}),
        ("gender", {("female", GENDER)}),
        ("birthdate", {range_of("1980-05")}),
        ("address-postalcode", {("ls1 1aa", "LS1 1AA")}),
        ("link", {("2", "Patient")}),
        ("organization", set()),
    ],
)
def test_a_patients_values(name: str, expected: set[object]) -> None:
    """Each parameter finds its values, and skips what is empty, null or of another form."""
    assert find(PATIENT, name) == expected


@pytest.mark.parametrize(
    ("effective", "expected"),
    [
        ({"effectiveDateTime": "2026-03-01"}, {range_of("2026-03-01")}),
        ({"effectiveInstant": "2026-03-01T10:00:00.000Z"}, {range_of("2026-03-01T10:00:00.000Z")}),
        ({"effectivePeriod": {"start": "2026-03-01"}}, {(range_of("2026-03-01")[0], ALWAYS_AFTER)}),
        ({"effectiveTiming": {"event": ["2026-03-03", "2026-03-01"]}}, {(range_of("2026-03-01")[0], range_of("2026-03-03")[1])}),
        ({"effectiveTiming": {"repeat": {"boundsPeriod": {"start": "2026", "end": "2026"}}}}, {range_of("2026")}),
        ({"effectiveTiming": {}}, set()),
        ({"effectiveTiming": "2026"}, set()),
        ({"effectiveDateTime": "20260301"}, set()),
        ({"effectiveDateTime": 2026}, set()),
    ],
)  # fmt: skip
def test_a_date_may_be_of_four_datatypes(effective: Resource, expected: set[object]) -> None:
    """A choice element is found under each of its JSON names; a bad date is found by none."""
    assert find({"resourceType": "Observation", **effective}, "date") == expected


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ({"reference": "Patient/1"}, {("1", "Patient")}),
        ({"reference": "Patient/1/_history/4"}, {("1", "Patient")}),
        ({"reference": "http://else.example/fhir/Patient/1"}, {("http://else.example/fhir/Patient/1", "")}),
        ({"reference": "urn:uuid:7", "type": "Patient"}, {("urn:uuid:7", "")}),
        ({"reference": "Group/1"}, set()),
        ({"reference": "#contained"}, set()),
        ({"reference": 5}, set()),
        ({"display": "somebody"}, set()),
        ("Patient/1", set()),
    ],
)
def test_references_to_a_patient(reference: object, expected: set[object]) -> None:
    """`patient` takes references that tell that they point at a Patient, whatever their version."""
    assert find({"resourceType": "Encounter", "subject": reference}, "patient") == expected


def test_concepts_bring_all_their_codings() -> None:
    """A CodeableConcept is found by each coding; text alone is no token."""
    code = {"coding": [{"system": "s", "code": "1"}, {"code": "2"}, {"system": "s"}], "text": "three"}
    assert find({"resourceType": "Observation", "code": code}, "code") == {("1", "s"), ("2", "")}
    for other in ({"text": "three"}, {"coding": "1"}, {"coding": None}, "1"):
        assert find({"resourceType": "Observation", "code": other}, "code") == set()


def numbers_in(node: Node) -> set[int]:
    found = {reading.number for reading in node.readings}
    inner = [*(each for *_, each in node.children), *(each for _, each in node.kept)]
    return found.union(*map(numbers_in, inner))


def test_every_parameter_of_the_table_compiles() -> None:
    """No type's table asks more than the evaluator and the datatype readers know, and every place has a number of its own."""
    numbers: set[int] = set()
    for resource_type in searchable_types():
        own = parameters_of(resource_type).values()
        places = {place.number for each in own for place in each.places}
        assert places <= {abs(number) for number in numbers_in(tree(resource_type))}
        assert numbers.isdisjoint(places)
        numbers |= places
        assert not any("." in place.around for each in own for place in each.places)  # counted from 1 in the resource


def test_a_narrowed_parameter_shares_its_values() -> None:
    """`patient` is `subject` where that is a Patient; values of both are kept once."""
    own = parameters_of("Encounter")
    assert own["patient"].places == own["subject"].places
    assert (own["patient"].only, own["subject"].only) == ("Patient", "")


def test_a_wider_parameter_shares_its_values() -> None:
    """A family name is looked for by `family` and by `name`, and kept once; so are telephone numbers and codes of components."""
    patient, observation = parameters_of("Patient"), parameters_of("Observation")
    assert set(patient["family"].places) < set(patient["name"].places)
    assert set(patient["phone"].places) < set(patient["telecom"].places)
    assert set(observation["code"].places) < set(observation["combo-code"].places)


def test_what_is_no_type_has_no_parameters() -> None:
    """There is no table for it, so it is found by nothing but what every resource has."""
    assert dict(parameters_of("Resource")) == {}
    assert [each[0] for each in tree("Resource").children] == ["meta"]


def test_where_by_text() -> None:
    """A where on an element's text keeps what has that text."""
    walk = compile_path("telecom.where(system='phone').value")
    assert walk({"telecom": [{"system": "phone", "value": "1"}, {"system": "email", "value": "2"}, "x"]}) == ["1"]
    assert walk({}) == []


@pytest.mark.parametrize("path", ["a.exists()", "a.where(b > 1)", "(a as b)", "a | b"])
def test_an_expression_beyond_the_subset_is_our_fault(path: str) -> None:
    """A path that is not understood is told when it is compiled, not when a resource comes."""
    with pytest.raises(InternalError):
        compile_path(path)


def test_reference_type_from_its_type_element() -> None:
    """A reference that is no path tells its type by its own element, if at all."""
    assert reference_type({"identifier": {"value": "7"}, "type": "Patient"}) == "Patient"
    assert reference_type({"reference": "urn:uuid:7"}) is None
    assert reference_type({"type": 5}) is None
    assert reference_type("Patient/1") is None
