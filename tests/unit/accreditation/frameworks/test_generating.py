"""The script that holds frameworks against their public sources."""

import json
import tomllib
from pathlib import Path

import generate_frameworks

ASVS = (generate_frameworks.DATA / "asvs-5.0.toml").read_text(encoding="utf-8")
WCAG = (generate_frameworks.DATA / "wcag-2.2.toml").read_text(encoding="utf-8")


def facts_of(text: str) -> generate_frameworks.Facts:
    """What a source that agrees would say."""
    told = [one for section in tomllib.loads(text)["section"] for one in section["criterion"]]
    return {one["n"]: {key: one[key] for key in ("rank", "least_class") if key in one} for one in told}


def test_a_source_that_agrees_changes_nothing() -> None:
    """So that what is committed is what the script writes."""
    for text in (ASVS, WCAG):
        assert generate_frameworks.renewed(text, facts_of(text)) == (text, [])


def test_what_is_new_and_what_is_gone_is_a_person_s_to_see_to() -> None:
    """The script invents no words."""
    facts = facts_of(ASVS)
    facts["99.1.1"] = facts.pop("1.1.1")
    _, told = generate_frameworks.renewed(ASVS, facts)
    assert told == ["1.1.1 is no longer in the source", "99.1.1 is new: it has no words yet"]


def test_levels_1_and_2_are_taken_from_the_standard_s_json() -> None:
    """Level 3 is left out, level 2 is for class 2 and above."""
    raw = json.dumps({"requirements": [{"req_id": f"V1.1.{level}", "L": str(level)} for level in (1, 2, 3)]})
    assert generate_frameworks.of_asvs(raw) == {"1.1.1": {"rank": "L1"}, "1.1.2": {"rank": "L2", "least_class": 2}}


def test_a_success_criterion_s_number_is_its_place(tmp_path: Path) -> None:
    """Level AAA counts as a place and is not taken."""
    (tmp_path / "guidelines/sc").mkdir(parents=True)
    criterion = '<h4>{}</h4><p class="conformance-level">{}</p>'
    for name, level in (("one", "A"), ("two", "AAA"), ("three", "AA")):
        (tmp_path / f"guidelines/sc/{name}.html").write_text(criterion.format(name.title(), level))
    included = "".join(f'<section data-include="sc/{name}.html"></section>' for name in ("one", "two", "three"))
    (tmp_path / "guidelines/index.html").write_text(
        f'<section class="principle"><section class="guideline">{included}</section></section>'
    )
    assert generate_frameworks.of_wcag(tmp_path) == {
        "1.1.1": {"rank": "A", "title": "One"},
        "1.1.3": {"rank": "AA", "title": "Three"},
    }
