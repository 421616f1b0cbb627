"""Restricted items are withheld from everybody by every route, until a clinician breaks the glass for that patient."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tabard.dialect import SHIELDED
from tabard.fhir import Resource
from tabard.gateway import Context, EncounterContext, PatientContext, Person, Refused, WardContext
from tabard.ground.errors import CallerError
from unit.gateway.world import CLERK, CLINICIAN, OTHER, World, a_world, encounter, ids, is_outcome, observation, patient

HERE = replace(CLINICIAN, session="s1")
OFFICER = Person("p-officer", "An Officer", frozenset({"clinical_safety"}), session="s9")
REASON = "collapsed on the ward, results needed"


def labelled(resource: Resource, code: str) -> Resource:
    system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
    return {**resource, "meta": {"security": [{"system": system, "code": code}]}}


HIDDEN = {"url": SHIELDED, "extension": [{"url": "element", "valueCode": "address"}]}


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> Iterator[World]:
    """Ann has one restricted result among others; Dan is very restricted, in and out; Eve's address is hidden."""
    with a_world(tmp_path) as world:
        world.put(
            labelled(observation("o-ann-r", "ann", "e-ann"), "R"),
            labelled(patient("dan", "Doe"), "V"),
            encounter("e-dan", "dan", ("w1", "active")),
            encounter("e-dan-old", "dan", ("w2", "completed"), status="finished"),
            observation("o-dan", "dan", "e-dan"),
            {**labelled(patient("eve", "Eden"), "R"), "extension": [HIDDEN], "address": [{"city": "Elsewhere"}]},
        )
        yield world


CONTEXTS = (PatientContext("ann"), EncounterContext("e-ann", "ann"))


@pytest.mark.parametrize("context", CONTEXTS, ids=["patient", "visit"])
@pytest.mark.parametrize(
    "path",
    [
        "Observation/o-ann-r",
        "Observation/o-ann-r/_history",
        "Observation/o-ann-r/_history/1",
    ],
)
def test_a_restricted_result_is_not_read(world: World, context: Context, path: str) -> None:
    """403 by every route to it, with what to do; and the try is in the audit for its reason."""
    answer = world.get(path, world.access(context))
    assert is_outcome(answer, 403, "forbidden")
    assert "breaks the glass at the portal" in answer.text
    assert world.audited()[-1]["reason"] == "restricted"


@pytest.mark.parametrize(
    "search",
    [
        "Observation",
        "Observation?_id=o-ann-r",
        "Observation?_total=accurate",
        "Observation?patient=ann&_sort=-_lastUpdated",
        "Patient/ann/$everything",
        "Patient/ann/Observation",
    ],
)
def test_a_restricted_result_is_not_found(world: World, search: str) -> None:
    """By no search; where it was kept back, the answer says that something was."""
    answer = world.get(search, world.access(PatientContext("ann")))
    assert answer.status_code == 200
    assert "o-ann-r" not in ids_in(answer.json())
    if "$everything" not in search:
        assert any("restricted and not shown" in str(entry) for entry in answer.json()["entry"])


def ids_in(bundle: Resource) -> set[str]:
    return {entry["resource"].get("id", "") for entry in bundle.get("entry", ())}


def test_what_is_not_restricted_is_shown_as_before(world: World) -> None:
    """Nobody is told that something is withheld where nothing is, and the total is told."""
    found = world.get("Observation?_id=o-ben", world.access(PatientContext("ben")))
    assert ids(found) == {"Observation/o-ben"}
    assert "restricted" not in found.text
    assert found.json()["total"] == 1


@pytest.mark.parametrize("more", ["", "&_total=accurate", "&_summary=count"])
@pytest.mark.parametrize("who", ["ann", "dan"])
def test_by_no_search_is_it_told_what_a_restricted_result_holds(world: World, who: str, more: str) -> None:
    """Whether a code that is asked for is one that a restricted result has, or none at all: the answer is the same."""
    secret = {
        **labelled(observation(f"s-{who}", who), "R"),
        "code": {"coding": [{"system": "http://loinc.org", "code": "75622-1"}]},
    }
    world.put(secret)
    token = world.access(PatientContext(who))
    there, nowhere = (world.get(f"Observation?code={code}{more}", token).json() for code in ("75622-1", "11111-1"))
    for bundle in (there, nowhere):
        bundle["link"] = []
    assert there == nowhere


def test_of_a_very_restricted_patient_only_that_they_are_here(world: World) -> None:
    """Who and where now, for the ward too; no result, and no visit that is over."""
    token = world.access(PatientContext("dan"))
    assert world.get("Patient/dan", token).status_code == 200
    assert world.get("Encounter/e-dan", token).status_code == 200
    assert ids(world.get("Encounter", token)) == {"Encounter/e-dan"}
    assert world.get("Observation/o-dan", token).status_code == 403
    assert ids(world.get("Observation", token)) == set()
    board = world.access(WardContext("w1"))
    assert "Encounter/e-dan" in ids(world.get("Encounter", board))


def test_the_portal_withholds_the_same(world: World) -> None:
    """Its own door is no way round."""
    door = world.gateway.door
    with pytest.raises(Refused) as refused:
        door.read(HERE, "Observation", "o-ann-r", "results")
    assert refused.value.reason == "restricted"
    assert "o-ann-r" not in ids_in(door.search(HERE, "Observation", (("patient", "ann"),), "results"))


def test_a_broken_glass_opens_that_patient_in_that_session(world: World) -> None:
    """Each look is marked with the break, whose own event says why; another patient stays closed."""
    door, glass = world.gateway.door, world.gateway.glass
    made = glass.begin(HERE, "ann", REASON)
    assert door.read(HERE, "Observation", "o-ann-r", "results")["id"] == "o-ann-r"
    assert "o-ann-r" in ids_in(door.search(HERE, "Observation", (("patient", "ann"),), "results"))
    with pytest.raises(Refused):
        door.read(HERE, "Observation", "o-dan", "results")
    (begun,) = world.audited(action="break-glass")
    assert (begun["purpose"], begun["resource"], begun["glass"]) == (REASON, "Patient/ann", made.id)
    marks = [event.get("glass") for event in world.audited(person=HERE.id)]
    assert marks == [made.id, made.id, made.id, None]


def test_hidden_elements_are_shown_under_a_broken_glass(world: World) -> None:
    """An address that must not be known, and only then."""
    door = world.gateway.door
    assert "address" not in door.read(HERE, "Patient", "eve", "patient")
    world.gateway.glass.begin(HERE, "eve", REASON)
    assert door.read(HERE, "Patient", "eve", "patient")["address"] == [{"city": "Elsewhere"}]


def test_what_names_somebody_else_too_tells_nothing_hidden_of_them(world: World) -> None:
    """The glass is broken for one: of whom else a resource names, the GP stays unknown."""
    actors = [{"actor": {"reference": one}} for one in ("Patient/ann", "Patient/fay", "Practitioner/gp")]
    world.put(
        labelled(patient("fay", "Frost"), "R"), {"resourceType": "Appointment", "id": "both", "participant": actors}
    )
    door = world.gateway.door
    world.gateway.glass.begin(HERE, "ann", REASON)
    assert door.read(HERE, "Appointment", "both", "visits")["participant"] == actors[:2]
    world.gateway.glass.begin(HERE, "fay", REASON)
    assert door.read(HERE, "Appointment", "both", "visits")["participant"] == actors


@pytest.mark.parametrize(
    "other",
    [replace(HERE, session="s2"), replace(CLINICIAN, session=None), replace(OTHER, session="s1")],
    ids=["another session", "no session", "another person"],
)
def test_a_break_is_one_persons_in_one_session(world: World, other: Person) -> None:
    """Nobody else looks through it."""
    world.gateway.glass.begin(HERE, "ann", REASON)
    with pytest.raises(Refused):
        world.gateway.door.read(other, "Observation", "o-ann-r", "results")


def test_it_closes_after_half_an_hour_and_at_sign_out(world: World) -> None:
    """And a restart keeps what is left of it."""
    door, glass = world.gateway.door, world.gateway.glass
    glass.begin(HERE, "ann", REASON)
    world.restart()
    assert world.gateway.door.read(HERE, "Observation", "o-ann-r", "results")
    world.clock.pass_(minutes=30)
    with pytest.raises(Refused):
        world.gateway.door.read(HERE, "Observation", "o-ann-r", "results")
    world.gateway.glass.begin(HERE, "ann", REASON)
    world.gateway.signed_out(person_id=HERE.id)
    for opened in (world.gateway.door, door):
        with pytest.raises(Refused):
            opened.read(HERE, "Observation", "o-ann-r", "results")
    world.restart()
    with pytest.raises(Refused):
        world.gateway.door.read(HERE, "Observation", "o-ann-r", "results")


def launched(world: World, context: Context, person: Person) -> str:
    """An access token of a launch by this person."""
    handle = world.launched(context, person)["launch"]
    answer = world.authorize(world.wishes(launch=handle))
    code = answer.headers["location"].partition("code=")[2].partition("&")[0]
    return str(world.exchange(code).json()["access_token"])


@pytest.mark.parametrize("context", CONTEXTS, ids=["patient", "visit"])
def test_a_product_sees_it_only_by_a_launch_under_the_broken_glass(world: World, context: Context) -> None:
    """It carries the break for as long as that holds; each of its accesses is marked; what was opened before sees nothing more."""
    before = launched(world, context, HERE)
    made = world.gateway.glass.begin(HERE, "ann", REASON)
    after = launched(world, context, HERE)
    assert world.get("Observation/o-ann-r", before).status_code == 403
    assert world.get("Observation/o-ann-r", after).status_code == 200
    assert world.audited()[-1]["glass"] == made.id
    world.restart()
    assert world.get("Observation/o-ann-r", after).status_code == 200
    world.clock.pass_(minutes=31)
    fresh = launched(world, context, HERE)
    assert world.get("Observation/o-ann-r", fresh).status_code == 403


def test_a_launch_cannot_bring_a_break_of_its_own(world: World) -> None:
    """What the asker writes into the context is replaced by what the glass says."""
    made = world.gateway.glass.begin(replace(OTHER, session="s3"), "ann", REASON)
    token = launched(world, PatientContext("ann", made.id), HERE)
    assert world.get("Observation/o-ann-r", token).status_code == 403


@pytest.mark.parametrize(
    ("person", "patient_id", "reason", "status"),
    [
        (replace(CLERK, session="s1"), "ann", REASON, 403),
        (CLINICIAN, "ann", REASON, 403),
        (HERE, "nobody", REASON, 404),
        (HERE, "ann", "  a ", 400),
        (HERE, "ann", "x" * 201, 400),
    ],
)
def test_who_may_not_break_it_is_refused_and_audited(
    world: World, person: Person, patient_id: str, reason: str, status: int
) -> None:
    """No clinician, no session, no such patient, no reason: nothing opens."""
    with pytest.raises(Refused) as refused:
        world.gateway.glass.begin(person, patient_id, reason)
    assert refused.value.status == status
    (event,) = world.audited(action="break-glass")
    assert event["outcome"] == "refused"
    assert world.gateway.glass.listed() == ()


def test_nobody_breaks_it_for_the_whole_hospital(world: World) -> None:
    """Ten patients at once, and no more."""
    world.put(*(patient(f"many-{number}", "Many") for number in range(11)))
    for number in range(10):
        world.gateway.glass.begin(HERE, f"many-{number}", REASON)
    with pytest.raises(Refused) as refused:
        world.gateway.glass.begin(HERE, "many-10", REASON)
    assert refused.value.status == 429


def test_a_break_that_is_not_audited_opens_nothing(world: World) -> None:
    """The audit first."""
    world.audit.close()
    with pytest.raises(Exception, match="audit"):
        world.gateway.glass.begin(HERE, "ann", REASON)
    assert world.gateway.glass.standing(HERE, "ann") is None


def test_each_break_waits_for_a_review_by_somebody_else(world: World) -> None:
    """Once, by a clinical safety officer who did not break it, with a word; it is audited."""
    glass = world.gateway.glass
    both = replace(HERE, roles=HERE.roles | OFFICER.roles)
    made = glass.begin(both, "ann", REASON)
    assert [one.id for one in glass.listed(is_reviewed=False)] == [made.id]
    for person, id_, note in (
        (HERE, made.id, "fine"),
        (both, made.id, "fine"),
        (OFFICER, "g0", "fine"),
        (OFFICER, made.id, ""),
    ):
        with pytest.raises(CallerError):
            glass.review(person, id_, note)
    glass.review(OFFICER, made.id, "asked the ward: right")
    with pytest.raises(Refused):
        glass.review(OFFICER, made.id, "again")
    assert glass.listed(is_reviewed=False) == ()
    (told,) = glass.listed(is_reviewed=True)
    assert (told.reviewed_by, told.note) == (OFFICER.id, "asked the ward: right")
    (event,) = world.audited(action="review-glass")
    assert event["glass"] == made.id
