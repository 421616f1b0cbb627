"""Chains, `_has` and `_revinclude` tell nothing that a search of the other type would not; every type is held to its patient."""

from typing import Any

import pytest

from tabard.dialect import SHIELDED
from tabard.gateway import EncounterContext, WardContext
from unit.gateway.api.keeping_world import ANN, BEN, KeepingWorld
from unit.gateway.world import ids, is_outcome, observation, patient

VISIT = EncounterContext("e-ann", "ann")
WARD = WardContext("w1")


def about(kind: str, id_: str, who: str, **more: Any) -> dict[str, Any]:
    """A resource of a type about somebody."""
    return {"resourceType": kind, "id": id_, "subject": {"reference": f"Patient/{who}"}, **more}


def test_a_chain_finds_what_a_search_would(world: KeepingWorld) -> None:
    """Within the patient: forward, backward, and what refers back comes along."""
    token = world.access(ANN)
    assert ids(world.get("Observation?encounter.status=finished", token)) == {"Observation/o-ann-old"}
    assert ids(world.get("Observation?patient.name=Archer", token)) == {"Observation/o-ann", "Observation/o-ann-old"}
    assert ids(world.get("Patient?_has:Observation:patient:code=8310-5", token)) == {"Patient/ann"}
    came = world.get("Encounter?_id=e-ann&_revinclude=Observation:encounter", token)
    assert ids(came, "include") == {"Observation/o-ann"}


def test_a_chain_tells_nothing_of_somebody_else(world: KeepingWorld) -> None:
    """A reference that leads to another patient's is followed to nothing."""
    world.put(observation("o-odd", "ann", "e-ben"), observation("o-back", "ben", "e-ann"))
    token = world.access(ANN)
    assert "Observation/o-odd" not in ids(world.get("Observation?encounter.status=in-progress", token))
    came = world.get("Encounter?_id=e-ann&_revinclude=Observation:encounter", token)
    assert ids(came, "include") == {"Observation/o-ann"}
    assert ids(world.get("Encounter?_has:Observation:encounter:_id=o-back", token)) == set()
    assert ids(world.get("Observation?patient.name=Bell", token)) == set()


@pytest.mark.parametrize(
    "path",
    [
        "Encounter?_has:Observation:encounter:code=8310-5",
        "Encounter?_revinclude=Observation:encounter",
        "Patient?_has:Observation:patient:code=8310-5",
        "Patient?_has:Encounter:patient:status=finished",
    ],
)
def test_a_ward_goes_through_nothing_that_it_does_not_see(world: KeepingWorld, path: str) -> None:
    """Results, and visits that are judged one by one, are no way to a ward's patients."""
    assert is_outcome(world.get(path, world.access(WARD)), 400)


def test_a_visit_goes_through_nothing_that_is_judged_one_by_one(world: KeepingWorld) -> None:
    """A result of another visit would else be told by whether the patient is found."""
    token = world.access(VISIT)
    assert is_outcome(world.get("Patient?_has:Observation:patient:_id=o-ann-old", token), 400)
    assert is_outcome(world.get("Encounter?_has:Observation:encounter:code=8310-5", token), 400)


def test_a_chain_needs_the_scope_of_what_it_goes_through(world: KeepingWorld) -> None:
    """Without the scope to search the other type it is refused."""
    token = world.access(ANN, "launch patient/Observation.rs patient/Patient.r")
    for path in ("Observation?encounter.status=finished", "Observation?patient.name=Archer"):
        assert is_outcome(world.get(path, token), 400), path


def test_what_is_restricted_is_in_no_chain(world: KeepingWorld) -> None:
    """A restricted result leads to no visit."""
    label = {
        "meta": {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
    }
    world.put({**observation("o-r", "ann", "e-ann"), **label, "code": {"coding": [{"code": "hiv"}]}})
    token = world.access(ANN)
    assert ids(world.get("Encounter?_has:Observation:encounter:code=hiv", token)) == set()
    assert ids(world.get("Encounter?_has:Observation:encounter:code=8310-5", token)) == {
        "Encounter/e-ann",
        "Encounter/e-ann-old",
    }


def test_who_is_hidden_is_in_no_chain(world: KeepingWorld) -> None:
    """Of somebody of whom something is hidden, nothing is told through others."""
    hidden = {"url": SHIELDED, "extension": [{"url": "element", "valueCode": "generalPractitioner"}]}
    world.put({**patient("ann", "Archer"), "extension": [hidden]})
    token = world.access(ANN)
    assert is_outcome(world.get("Observation?encounter.status=finished", token), 400)
    assert is_outcome(world.get("Encounter?_has:Observation:encounter:code=8310-5", token), 400)


def test_every_type_is_held_to_the_patient(world: KeepingWorld) -> None:
    """Whatever its element is called: of Ann, not of Ben, not of both, and of nobody who is not plainly named."""
    world.put(
        about("CarePlan", "plan-ann", "ann"),
        about("CarePlan", "plan-ben", "ben"),
        about("CarePlan", "plan-both", "ann", subject=[{"reference": "Patient/ann"}, {"reference": "Patient/ben"}]),
        {"resourceType": "AllergyIntolerance", "id": "allergy-ann", "patient": {"reference": "Patient/ann"}},
        {"resourceType": "AllergyIntolerance", "id": "allergy-ben", "patient": {"reference": "Patient/ben"}},
        *(
            {"resourceType": "Appointment", "id": id_, "participant": [{"actor": {"reference": f"Patient/{one}"}} for one in who]}
            for id_, who in (("app-ann", ["ann"]), ("app-both", ["ann", "ben"]), ("app-none", []))
        ),
    )  # fmt: skip
    token = world.access(ANN)
    assert ids(world.get("CarePlan", token)) == {"CarePlan/plan-ann"}
    assert ids(world.get("AllergyIntolerance", token)) == {"AllergyIntolerance/allergy-ann"}
    assert ids(world.get("Appointment", token)) == {"Appointment/app-ann"}
    assert world.get("Appointment?_summary=count", token).json()["total"] == 1
    for path in ("CarePlan/plan-ben", "CarePlan/plan-both", "Appointment/app-both", "Appointment/app-none"):
        assert is_outcome(world.get(path, token), 403, "forbidden"), path
    assert ids(world.get("CarePlan", world.access(BEN))) == {"CarePlan/plan-ben"}


def test_a_visit_sees_its_own_and_what_is_the_patients(world: KeepingWorld) -> None:
    """A type that tells its visit must tell this one; what tells none, such as an allergy, is the patient's."""
    world.put(
        about("Condition", "here", "ann", encounter={"reference": "Encounter/e-ann"}),
        about("Condition", "other", "ann", encounter={"reference": "Encounter/e-ann-old"}),
        about("Condition", "unplaced", "ann"),
        {"resourceType": "AllergyIntolerance", "id": "allergy", "patient": {"reference": "Patient/ann"}},
        {
            "resourceType": "AllergyIntolerance",
            "id": "of-other",
            "patient": {"reference": "Patient/ann"},
            "encounter": {"reference": "Encounter/e-ann-old"},
        },
    )
    token = world.access(VISIT)
    assert ids(world.get("Condition", token)) == {"Condition/here"}
    assert ids(world.get("AllergyIntolerance", token)) == {"AllergyIntolerance/allergy"}


def test_what_belongs_to_no_patient_is_seen_where_it_is_referred_to(world: KeepingWorld) -> None:
    """A medicine that Ann is given, and no other."""
    world.put(
        about("MedicationRequest", "mr", "ann", medicationReference={"reference": "Medication/m1"}),
        {"resourceType": "Medication", "id": "m1"},
        {"resourceType": "Medication", "id": "m2"},
    )
    token = world.access(ANN)
    assert ids(world.get("Medication", token)) == {"Medication/m1"}
    assert is_outcome(world.get("Medication/m2", token), 403)
