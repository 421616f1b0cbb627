"""least-scopes: named types, at the level of the part's context, used by the code, and written only where it was seen to be."""

from dataclasses import replace

import pytest

from tabard.accreditation import CouldNot, Verdict
from unit.accreditation.tiny import Saw, failing, lived, report_of, tiny

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
        ('"launch", "user/*.crus"', "ward", "user/*.crus"),
        ('"launch", "system/Encounter.rs"', "ward", "system/Encounter.rs"),
        ('"launch", "patient/Encounter.rs"', "ward", "patient/Encounter.rs"),
        ('"launch", "user/Encounter.rs"', "patient", "user/Encounter.rs"),
        ('"launch", "user/Encounter.rs", "user/Observation.rs"', "ward", "user/Observation.rs"),
        ('"launch", "user/Encounter.rs", "everything"', "ward", "everything"),
        ('"user/Encounter.rs"', "ward", ""),
    ],
)
def test_more_than_is_used_fails_this_rule_alone(scopes: str, context: str, place: str) -> None:
    """A wildcard, a level that does not fit, a type that no code names, a word nobody knows."""
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


WRITES = tiny(manifest={SCOPES: '"launch", "user/Encounter.rs", "user/Encounter.cu"'})


def test_what_it_writes_in_its_day_it_may_ask_to_write() -> None:
    """Seen to create and to update, it asks for no more than it uses."""
    (found,) = [one for one in report_of(WRITES).findings if one.rule == "least-scopes"]
    assert (found.verdict, found.got) == (Verdict.passed, "Tiny, for a ward, reads Encounter and writes Encounter")
    assert failing(WRITES) == {}


def test_a_letter_that_writes_and_was_never_used_fails_by_the_rule_of_the_trial_alone() -> None:
    """It was seen to create, and never to update."""
    day = lived(WRITES)
    used = tuple(one for one in day.parts[0].used if not one.endswith(".u"))
    saw = Saw(day=replace(day, parts=(replace(day.parts[0], used=used),)))
    assert failing(WRITES, saw) == {"trial-scopes-used": ["fail tabard.toml part[0].scopes user/Encounter.cu"]}
    told = {one.place: one.verdict for one in report_of(WRITES, saw).findings if one.rule == "least-scopes"}
    assert told == {"tabard.toml part[0].scopes user/Encounter.cu": Verdict.not_applicable}


@pytest.mark.parametrize("is_away", [True, False])
def test_what_was_not_tried_a_person_judges(is_away: bool) -> None:  # noqa: FBT001  a parameter of the test
    """Neither where there was no trial at all, nor where this part was not lived with."""
    day = lived(WRITES)
    untried = replace(day, parts=(replace(day.parts[0], untried="it is opened on nobody", remedy="have it tried"),))
    told = failing(WRITES, Saw(day=CouldNot("no trial", "try it") if is_away else untried))
    assert told["least-scopes"] == ["not_assessed tabard.toml part[0].scopes user/Encounter.cu"]
