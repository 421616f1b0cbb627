"""A patient's page where results come from the record system itself: what cannot be fetched is never a blank."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tabard.fhir import Resource
from tabard.gateway import Person, Refused
from tabard.gateway.model import CLINICIAN
from tabard.link import TooSlow, Unsupported
from tabard.web.hospital.guard import Asked
from tabard.web.hospital.pages.patients import show
from unit.web.world import World, hospital_world, patient

NURSE = SimpleNamespace(id="n", username="nurse", name="Nurse", roles=frozenset({CLINICIAN}), practitioner=None)
RESULTS = {"Observation", "DiagnosticReport"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A hospital with one patient."""
    with hospital_world(tmp_path, [patient("p1", "Archer", "Ann")]) as found:
        yield found


class Elsewhere:
    """The door, whose results come from elsewhere: `told` is the Bundle, or what goes wrong."""

    def __init__(self, world: World, told: Resource | Exception) -> None:
        self._door = world.portal.records
        self._told = told

    def read(self, *asked: Any) -> Resource:
        """The record's."""
        return self._door.read(*asked)

    def search(self, person: Person, kind: str, parameters: Any, purpose: str) -> Resource:
        """The record's, or what is told."""
        if kind not in RESULTS:
            return self._door.search(person, kind, parameters, purpose)
        if isinstance(self._told, Exception):
            raise self._told
        return self._told


def page(world: World, told: Resource | Exception) -> str:
    """Ann's page when results come to that."""
    from tabard.web.hospital.frame import bare  # noqa: PLC0415  for this one line

    portal = replace(world.portal, records=Elsewhere(world, told))
    request = cast("Any", SimpleNamespace(path_params={"patient": "p1"}))
    session = cast("Any", SimpleNamespace(id="s", account=NURSE))
    return bytes(show(portal, Asked(request, session, bare(portal), {})).body).decode()


@pytest.mark.parametrize(
    "error",
    [
        TooSlow("The record system did not answer in time."),
        Refused(409, "conflict", "x", "The birth dates differ.", remedy="Look there."),
        Unsupported("There are too many to put in order.", remedy="Narrow it."),
    ],
)
def test_results_that_could_not_be_had_are_said_to_be_missing(world: World, error: Exception) -> None:
    """The patient and the visits are shown; of the results, why they are not; and never that there are none."""
    told = page(world, error)
    assert "ARCHER" in told.upper()
    assert "Results could not be fetched" in told
    assert str(cast("Any", error).message) in told
    assert "that does not mean that there are none" in told
    assert "The record has no results" not in told


def test_what_is_withheld_is_said(world: World) -> None:
    """A notice among the entries is on the page; without one the page says that there are no results."""
    issue = {"severity": "warning", "code": "suppressed", "diagnostics": "Something was withheld."}
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
    bundle = {"resourceType": "Bundle", "link": [], "entry": [{"resource": outcome, "search": {"mode": "outcome"}}]}
    assert "Something was withheld." in page(world, bundle)
    assert "The record has no results" in page(world, {"resourceType": "Bundle", "link": []})


def test_what_may_not_be_seen_is_no_missing_result(world: World) -> None:
    """A refusal of the person stays a refusal."""
    with pytest.raises(Refused):
        page(world, Refused(403, "forbidden", "role", "Not you."))
