"""What may not be seen is told by nothing else of an answer: no link onward, no resource that came along, no match by what is left out."""

from typing import Any

import pytest

from tabard.dialect import SHIELDED
from tabard.fhir import Resource
from tabard.gateway import Context, EncounterContext
from tabard.gateway.policy import Limit
from tabard.gateway.policy.filtering import filtered
from unit.gateway.api.keeping_world import ANN, KeepingWorld
from unit.gateway.world import ids, is_outcome, observation, patient

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
FINER = f"patient/Observation.rs?category={CATEGORY}|vital-signs patient/Observation.rs?code=foo patient/Patient.rs"
ALL = "user/*.rs patient/*.rs"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
GP = {"reference": "Practitioner/gp"}


def result(id_: str, code: str, visit: str = "e-ann", **more: Any) -> Resource:
    """A result of Ann's."""
    return {**observation(id_, "ann", visit), "code": {"coding": [{"system": "x", "code": code}]}, **more}


def of(category: str) -> Resource:
    """A category of a result."""
    return {"category": [{"coding": [{"system": CATEGORY, "code": category}]}]}


def is_empty(answer: Any, other: Any) -> bool:
    """Whether nothing but the asked code is told differently by two answers."""
    told, against = (one.json() for one in (answer, other))
    shape = [{**one, "link": [link["relation"] for link in one["link"]], "id": None} for one in (told, against)]
    return bool(shape[0] == shape[1] and "next" not in shape[0]["link"])


@pytest.mark.parametrize(
    ("context", "scope"),
    [(ANN, FINER), (ANN, ALL), (EncounterContext("e-ann", "ann"), ALL)],
    ids=["finer-scopes", "restricted", "visit"],
)
@pytest.mark.parametrize(
    "more", ["", "&_count=1", "&_include=Observation:subject", "&_count=1&_total=accurate", "&_sort=-date&_count=1"]
)
def test_a_search_for_what_is_withheld_is_answered_as_one_for_nothing(
    world: KeepingWorld, context: Context, scope: str, more: str
) -> None:
    """Whether somebody has such a result is told neither by a link to a next page, nor by what came along with it."""
    label = {"meta": {"security": [{"system": CONFIDENTIALITY, "code": "R"}]}}
    hidden = {FINER: of("laboratory"), ALL: label if context == ANN else {}}[scope]
    visit = "e-ann" if context == ANN else "e-ann-old"
    world.put(*(result(f"o-{number}", "secret", visit, **hidden) for number in range(3)))
    token = world.access(context, f"launch online_access {scope}")
    answer, other = (world.get(f"Observation?code={code}{more}", token) for code in ("secret", "none"))
    assert is_empty(answer, other), answer.text


def test_a_page_is_filled_with_what_may_be_seen(world: KeepingWorld) -> None:
    """In place of what may not, what follows comes; each once, and the last page says that it is the last."""
    kinds = ["vital-signs", "laboratory", "laboratory", "vital-signs", "laboratory", "vital-signs", "laboratory"]
    world.put(*(result(f"o-{number}", "any", **of(kind)) for number, kind in enumerate(kinds)))
    token = world.access(ANN, f"launch online_access {FINER}")
    asked = "Observation?code=any&_count=2&_include=Observation:subject"
    first = world.get(asked, token)
    links = {link["relation"]: link["url"] for link in first.json()["link"]}
    last = world.get(links["next"], token)
    assert (ids(first), ids(last)) == ({"Observation/o-0", "Observation/o-3"}, {"Observation/o-5"})
    assert ids(first, "include") == ids(last, "include") == {"Patient/ann"}
    assert "next" not in {link["relation"] for link in last.json()["link"]}


def test_a_full_page_leads_onward_only_to_what_may_be_seen(world: KeepingWorld) -> None:
    """Where nothing but what is withheld follows, a page that is full is the last one."""
    kinds = ["vital-signs", "vital-signs", "laboratory", "laboratory"]
    world.put(*(result(f"o-{number}", "any", **of(kind)) for number, kind in enumerate(kinds)))
    token = world.access(ANN, f"launch online_access {FINER}")
    page = world.get("Observation?code=any&_count=2", token)
    assert ids(page) == {"Observation/o-0", "Observation/o-1"}
    assert "next" not in {link["relation"] for link in page.json()["link"]}


def test_a_visit_is_not_told_of_unplaced_results_that_are_withheld(world: KeepingWorld) -> None:
    """That results are of no known visit is told of those alone that the scopes would let be seen."""
    world.put({**result("o-1", "secret", **of("laboratory"))} | {"encounter": {}})
    token = world.access(EncounterContext("e-ann", "ann"), f"launch online_access {FINER}")
    assert "to which visit" not in world.get("Observation?code=secret", token).text
    world.put({**result("o-2", "plain", **of("vital-signs"))} | {"encounter": {}})
    assert "to which visit" in world.get("Observation?code=plain", token).text


def test_a_finer_scope_takes_nothing_from_the_context() -> None:
    """What matches the scope and is not of the context is not permitted, and the other way round."""
    ann = Limit(check=lambda found: found["subject"] == {"reference": "Patient/ann"})
    within = filtered(ann, ((("code", "foo"),),))
    asked = [result("o", "foo"), result("o", "bar"), {**result("o", "foo"), "subject": {"reference": "Patient/ben"}}]
    assert [within.check is not None and within.check(one) for one in asked] == [True, False, False]


@pytest.fixture(name="hidden")
def _hidden(world: KeepingWorld) -> KeepingWorld:
    """Ann's GP, relatives and addresses are hidden; an order, a team, a plan and a relative name them."""
    about = {"subject": {"reference": "Patient/ann"}, "status": "active", "intent": "order"}
    elements = [
        {"url": "element", "valueCode": one} for one in ("address", "contact", "generalPractitioner", "telecom")
    ]
    ann = {**patient("ann", "Archer"), "meta": {"security": [{"system": CONFIDENTIALITY, "code": "R"}]}}
    relative = {"name": [{"family": "Mother"}], "address": [{"city": "Leeds"}]}
    world.put(
        {**ann, "extension": [{"url": SHIELDED, "extension": elements}]},
        {"resourceType": "ServiceRequest", "id": "sr", **about, "requester": GP},
        {"resourceType": "CareTeam", "id": "ct", **about, "participant": [{"member": GP}]},
        {"resourceType": "CarePlan", "id": "cp", **about, "author": GP},
        {"resourceType": "RelatedPerson", "id": "rp", "patient": {"reference": "Patient/ann"}, **relative},
    )
    return world


@pytest.mark.parametrize(
    "search",
    [
        "ServiceRequest?requester=Practitioner/gp",
        "ServiceRequest?requester:missing=false",
        "ServiceRequest?requester=Practitioner/gp&_summary=count",
        "ServiceRequest?requester=Practitioner/gp&_total=accurate",
        "CareTeam?participant=Practitioner/gp",
        "RelatedPerson?name=Mother",
        "RelatedPerson?address-city=Leeds",
        "RelatedPerson?address:missing=false",
    ],
)
def test_what_is_left_out_of_an_answer_finds_nothing(hidden: KeepingWorld, search: str) -> None:
    """Finding by it would tell it; found without it, each is there."""
    token = hidden.access(ANN)
    answer = hidden.get(search, token)
    assert ids(answer) == set()
    assert answer.json().get("total", 0) == 0
    kind = search.partition("?")[0]
    assert len(ids(hidden.get(f"{kind}?patient=ann", token))) == 1


def test_who_is_left_out_of_an_order_is_not_within_reach(hidden: KeepingWorld) -> None:
    """A hidden patient's GP is no more read for an order than for the patient, and is no end of a chain."""
    token = hidden.access(ANN)
    assert is_outcome(hidden.get("Practitioner/gp", token), 403)
    assert "Practitioner/gp" not in ids(hidden.get("Practitioner", token))
    assert "ServiceRequest" not in str(ids(hidden.get("CarePlan?_include=CarePlan:care-team", token)))


def test_a_conditional_create_answers_with_what_may_be_shown(hidden: KeepingWorld) -> None:
    """What is there already comes as a read shows it, and a condition finds nobody who is hidden."""
    token = hidden.writer_token()
    plan = {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "subject": {"reference": "Patient/ann"},
    }
    found = hidden.send("POST", "CarePlan", token, plan, if_none_exist="status=active&patient=ann")
    assert (found.status_code, found.json()["id"], "Practitioner/gp" in found.text) == (200, "cp", False)
    named = hidden.send("POST", "CarePlan", token, plan | {"author": {"reference": "Practitioner?name=gp"}})
    assert is_outcome(named, 412)
