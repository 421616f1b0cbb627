"""least-scopes: named types, to read and search only, at the level of the part's context, and used by the code."""

import pytest

from tabard.accreditation import Verdict
from unit.accreditation.tiny import failing, report_of, tiny

SCOPES = '"launch", "user/Encounter.rs"'


def spoilt(scopes: str, context: str = "ward") -> dict[str, list[str]]:
    return failing(tiny(manifest={SCOPES: scopes, 'context = "ward"': f'context = "{context}"'}))


def test_what_the_code_uses_passes() -> None:
    """The tiny product names Encounter in its script and asks to read and search it."""
    (found,) = [one for one in report_of(tiny()).findings if one.rule == "least-scopes"]
    assert (found.verdict, found.got) == (Verdict.passed, "Tiny, for a ward, reads Encounter")


@pytest.mark.parametrize(
    ("scopes", "context", "place"),
    [
        ('"launch", "user/*.rs"', "ward", "user/*.rs"),
        ('"launch", "user/Encounter.cruds"', "ward", "user/Encounter.cruds"),
        ('"launch", "user/Encounter.u"', "ward", "user/Encounter.u"),
        ('"launch", "system/Encounter.rs"', "ward", "system/Encounter.rs"),
        ('"launch", "patient/Encounter.rs"', "ward", "patient/Encounter.rs"),
        ('"launch", "user/Encounter.rs"', "patient", "user/Encounter.rs"),
        ('"launch", "user/Encounter.rs", "user/Observation.rs"', "ward", "user/Observation.rs"),
        ('"launch", "user/Encounter.rs", "everything"', "ward", "everything"),
        ('"user/Encounter.rs"', "ward", ""),
    ],
)
def test_more_than_is_used_fails_this_rule_alone(scopes: str, context: str, place: str) -> None:
    """A wildcard, a letter that writes, a level that does not fit, a type that no code names, a word nobody knows."""
    assert spoilt(scopes, context) == {"least-scopes": [f"fail tabard.toml part[0].scopes {place}".strip()]}


def test_a_scope_written_out_in_the_code_is_no_use_of_its_type() -> None:
    """A product that copies its scopes into a script has not used them by that."""
    code = b'const scope = "launch user/Encounter.rs";\n'
    assert failing(tiny({"app.js": code})) == {"least-scopes": ["fail tabard.toml part[0].scopes user/Encounter.rs"]}


def test_a_component_s_code_is_not_the_product_s() -> None:
    """A FHIR library names every type: that shows nothing of what the product reads."""
    files = {"app.js": b"export {};\n", "vendor/small.js": b'const types = ["Encounter"];\n'}
    assert "least-scopes" in failing(tiny(files))


def test_reading_when_nobody_is_there_is_for_a_person() -> None:
    """offline_access is neither passed nor failed by a machine."""
    assert spoilt('"launch", "offline_access", "user/Encounter.rs"') == {
        "least-scopes": ["not_assessed tabard.toml part[0].scopes offline_access"]
    }
