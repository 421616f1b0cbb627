"""What the makers of the products that come with Tabard claim."""

from collections import Counter
from pathlib import Path

import pytest

from tabard.accreditation.claims import Claims, State, claims_of
from tabard.accreditation.frameworks import Classed, contradictions, framework, product_class, traits_of, walk
from tabard.product import Manifest, parse_manifest

PRODUCTS = Path(__file__).parents[4] / "products"
FORM = framework("dtac-2.0")
CLASSES = {"ward-board": 1, "observations": 1, "early-warning": 2}


def files_of(name: str) -> dict[str, bytes]:
    """The product's files, and a stand-in for each of its parts that a set-up fetches."""
    folder = PRODUCTS / name
    fetched = ("vendor/fhir-client.js", "vendor/fhir-client.LICENSE", "wheels/tabard_kit-0.2.0-py3-none-any.whl")
    there = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return dict.fromkeys(fetched, b"") | there


def read(name: str) -> tuple[Manifest, Claims]:
    files = files_of(name)
    return parse_manifest(files["tabard.toml"], files), claims_of(files)


@pytest.mark.parametrize("name", CLASSES)
def test_they_are_sound_and_of_the_class_that_is_expected(name: str) -> None:
    """Claims that cannot be read, or a class that moved unnoticed, would be found by an assessor first."""
    manifest, claims = read(name)
    classed: Classed = product_class(manifest)
    assert classed.value == CLASSES[name]
    assert len(claims.claims) > 100


@pytest.mark.parametrize("name", CLASSES)
def test_they_claim_nothing_that_their_product_contradicts(name: str) -> None:
    """Nor answer a question of the form that their other answers pass by."""
    manifest, claims = read(name)
    answers = claims.answers(FORM.id)
    assert contradictions(FORM, answers, traits_of(manifest)) == ()
    passed_by = dict(walk(FORM, answers).passed_by)
    assert [one.criterion for one in claims.claims if one.criterion in passed_by] == []


@pytest.mark.parametrize("name", CLASSES)
def test_they_admit_what_is_still_to_do(name: str) -> None:
    """A pretend trust carries out no DCB0129: whoever reads a product's claims must not be told that it does."""
    _, claims = read(name)
    states = Counter(one.state for one in claims.claims if one.criterion.startswith("dcb0129"))
    assert states[State.todo] > states[State.exempt] > 0
    dcb = claims.of("dtac-2.0/C1.2.2")
    assert dcb is not None
    assert dcb.state is State.todo
