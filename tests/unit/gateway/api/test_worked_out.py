"""What policy works out of rights alone is worked out once; what lies around them is looked at each time."""

from dataclasses import replace

import pytest

from tabard.fhir.scopes import parse
from tabard.gateway.errors import Refused
from tabard.gateway.model import CLINICIAN, Context, PatientContext, Rights, WardContext
from tabard.gateway.policy import Limit, Reach, limit, require_scope


def rights(context: Context, scopes: str = "patient/*.rs user/*.rs") -> Rights:
    """A clinician's product in a context."""
    return Rights("nurse", frozenset({CLINICIAN}), parse(scopes), context, "board", "grant-1")


def within(asked: Rights, kind: str) -> tuple[Limit, int]:
    """The limit of a type, and how often what lies around was looked at."""
    looks: list[int] = []

    def reach() -> Reach:
        looks.append(1)
        return Reach()

    return limit(asked, kind, "r", reach), len(looks)


def test_a_patients_limit_is_worked_out_once() -> None:
    """The second request of a token finds the first one's limit."""
    asked = rights(PatientContext("ann"))
    require_scope(asked, "Observation", "r")
    assert within(asked, "Observation")[0] is within(asked, "Observation")[0]


@pytest.mark.parametrize("kind", ["Patient", "Encounter", "Practitioner"])
def test_who_is_on_a_ward_is_looked_at_each_time(kind: str) -> None:
    """Whoever leaves the ward is out of reach at the next request, whatever was worked out before."""
    asked = rights(WardContext("ward-a"))
    assert within(asked, kind)[1] == within(asked, kind)[1] == 1


def test_what_a_patients_chart_names_is_looked_at_each_time() -> None:
    """A Practitioner is within reach by a reference alone, which may be gone."""
    asked = rights(PatientContext("ann"))
    assert within(asked, "Practitioner")[1] == within(asked, "Practitioner")[1] == 1


def test_other_rights_begin_with_nothing() -> None:
    """What was allowed to rights is not allowed to those that were narrowed from them."""
    asked = rights(PatientContext("ann"))
    require_scope(asked, "Observation", "r")
    within(asked, "Observation")
    fewer = replace(asked, scopes=parse("patient/Patient.r"))
    with pytest.raises(Refused):
        require_scope(fewer, "Observation", "r")
    assert not fewer.worked_out


def test_a_limit_is_no_scope() -> None:
    """That a limit was worked out does not say that a scope allows it."""
    asked = rights(PatientContext("ann"), "patient/Patient.r")
    within(asked, "Observation")
    with pytest.raises(Refused):
        require_scope(asked, "Observation", "r")


def test_what_a_stranger_makes_up_is_not_kept() -> None:
    """However many types a product asks for that there are not, nothing grows."""
    asked = rights(PatientContext("ann"))
    for number in range(100):
        require_scope(asked, f"Invented{'x' * number}", "r")
    assert not asked.worked_out
