"""The class of a product: what gives it, and that the gravest reason holds."""

import pytest

from tabard.accreditation.frameworks import ProductClass, Trait, dialect_class, product_class
from tabard.decision import NEEDED
from unit.product import made

DECLARED = '\n[declared]\ndevice = "none"\nbecause = "It shows."\ncare = ["ward"]\nusers = ["staff"]\n'
PLAIN = made.MANIFEST + DECLARED
OUTSIDE = '\n[[outside]]\nhost = "api.example.org"\npurpose = "p"\ndata = ["d"]\n'


def class_of(text: str) -> int:
    return product_class(made.manifest(text)).value


def test_what_shows_patients_data_is_of_class_1() -> None:
    """And what reads nothing of patients is of class 0."""
    assert class_of(PLAIN) == ProductClass.shows
    assert class_of(PLAIN.replace("patient/Patient.rs", "online_access")) == ProductClass.touches_nobody
    assert class_of(PLAIN.replace("patient/Patient.rs", "user/Location.rs")) == ProductClass.touches_nobody


@pytest.mark.parametrize(
    ("was", "becomes", "value"),
    [
        ('device = "none"', 'device = "class-i"', 2),
        ('device = "none"', 'device = "class-iia"', 3),
        ('device = "none"', 'device = "class-iib"', 3),
        ('device = "none"', 'device = "class-iii"', 3),
        ('["ward"]', '["ward", "critical-care"]', 2),
        ('["ward"]', '["emergency"]', 2),
        ('["ward"]', '["theatre"]', 2),
        ('["staff"]', '["staff", "patients"]', 2),
        ("patient/Patient.rs", "patient/Observation.c", 2),
        ("patient/Patient.rs", "patient/Observation.cruds", 2),
        ("patient/Patient.rs", "patient/Patient.u", 3),
        ("patient/Patient.rs", "patient/*.c", 3),
        ("patient/Patient.rs", "patient/MedicationRequest.c", 3),
        ("patient/Patient.rs", "patient/*.rs", 1),
        ('context = "patient"', 'context = "none"', 2),
        ("users", "users", 1),
    ],
)
def test_each_reason_gives_its_class(was: str, becomes: str, value: int) -> None:
    """Device, place of care, users, writing, identity, orders, and reading of everybody."""
    assert was in PLAIN
    assert class_of(PLAIN.replace(was, becomes)) == value


def test_what_calls_out_of_the_hospital_is_of_class_2() -> None:
    """Whatever it says of the data."""
    assert class_of(PLAIN + OUTSIDE) == ProductClass.acts


def test_what_is_not_declared_counts_as_the_worst_that_it_may_be() -> None:
    """Class 3, a device, used by patients; so that nobody gains by silence."""
    classed = product_class(made.manifest())
    assert classed.value == ProductClass.decides
    assert {Trait.device, Trait.patients_use} <= classed.traits
    assert "does not declare" in classed.because[0]


def test_the_gravest_reason_is_told_first_and_each_once() -> None:
    """A reader sees why before what else."""
    text = PLAIN.replace("patient/Patient.rs", 'patient/Patient.rus", "patient/Observation.rs').replace(
        "none", "class-i"
    )
    assert product_class(made.manifest(text)).because == (
        "it writes who a patient is (Patient)",
        "it is a medical device of class I",
        "it reads what is recorded of patients",
    )


def test_a_dialect_is_of_class_2_and_of_3_where_it_decides_identity() -> None:
    """What it reads wrongly is wrong in every product at once."""
    assert dialect_class(decides_identity=False).value == ProductClass.acts
    assert dialect_class(decides_identity=True).value == ProductClass.decides


def test_the_roles_are_those_that_every_hospital_demands_of_the_class() -> None:
    """By the table that stands with the decisions."""
    assert product_class(made.manifest(PLAIN)).roles == NEEDED[1]
    assert product_class(made.manifest()).roles == NEEDED[3]
