"""Tabard's own hazard log and safety case pass the rules that they hold products to; what nobody approved says so."""

from dataclasses import replace

import pytest

import generate_safety_page
from tabard.accreditation import RULES, CouldNot, HazardLog, Subject, Verdict, read_hazard_log
from tabard.accreditation.model import Family, Found
from tabard.product import Package
from unit.house.own_papers import SAFETY, package

LOG: HazardLog = read_hazard_log((SAFETY / "hazards.toml").read_bytes())
RULES_OF_SAFETY = [rule for rule in RULES if rule.family is Family.safety]

NOBODY = {
    "hazard-risk-borne",
    "safety-case-of-this-configuration",
    "safety-case-of-this-log",
    "safety-registration-in-date",
}
"""What only a clinical safety officer can make true, and none has: each says that it is not for use with real patients."""

OWED = {"safety-officer-named", "safety-log-signed", "safety-officer-kept"}
"""An officer, and their signature: without them nothing is decided. Whose key follows on theirs there is nothing to say of."""

MUST_COVER = {
    "wrong patient": "H1",
    "late message": "H2",
    "stale screen": "H3",
    "refused write": "H4",
    "lost message": "H5",
    "wrong merge": "H7",
    "results not fetched": "H9",
    "advice wrong or missing": "H15",
    "broken glass": "H17",
    "unavailability": "H20",
    "subscription late or twice": "H21",
    "egress": "H22",
}


def findings(judged: Package) -> dict[str, list[Found]]:
    subject = Subject(judged, CouldNot("no page of a product", "none"))
    return {rule.id: list(rule.check(subject)) for rule in RULES_OF_SAFETY}


FOUND = findings(package())


@pytest.mark.parametrize("rule", [rule.id for rule in RULES_OF_SAFETY if rule.id not in NOBODY | OWED])
def test_the_own_papers_pass_the_rule(rule: str) -> None:
    """The same rule, the same code, as for any product."""
    assert [(one.place, one.expected, one.got) for one in FOUND[rule] if one.verdict is not Verdict.passed] == []


@pytest.mark.parametrize("rule", sorted(NOBODY))
def test_what_an_officer_must_say_is_not_assessed_and_says_why(rule: str) -> None:
    """Nobody has approved it: no rule calls that a pass, and each says what it must not be used for."""
    (one,) = FOUND[rule]
    assert one.verdict is Verdict.not_assessed
    assert "not for use with real patients" in f"{one.got} {one.remedy}"


def test_no_officer_is_named() -> None:
    """When one is, the rules above are to be passed, and this test and the word `nobody` go."""
    assert LOG.is_unapproved
    assert [one.verdict for one in FOUND["safety-officer-named"]] == [Verdict.failed]
    assert [one.verdict for one in FOUND["safety-log-signed"]] == [Verdict.failed]
    assert "not for use with real patients" in FOUND["safety-log-signed"][0].got
    assert [one.verdict for one in FOUND["safety-officer-kept"]] == [Verdict.not_applicable]
    assert not (SAFETY / "approval.json").exists()


@pytest.mark.parametrize("what", MUST_COVER)
def test_the_log_covers_what_it_must(what: str) -> None:
    """Each by a hazard that stands, with controls."""
    (hazard,) = [one for one in LOG.hazards if one.id == MUST_COVER[what]]
    assert hazard.controls
    assert hazard.status in ("controlled", "open")


def test_a_control_whose_code_or_test_is_gone_is_told() -> None:
    """The rule is no ornament: a moved file turns it red."""
    whole = package()
    gone = {name: raw for name, raw in whole.files.items() if name != "src/tabard/link/identity.py"}
    told = findings(replace(whole, files=gone))["hazard-controls-shown"]
    assert {one.verdict for one in told} == {Verdict.failed}
    assert "H1 H1.1.implemented" in {one.place.removeprefix("hazards.toml ") for one in told}


def test_the_papers_lie_where_the_docs_say() -> None:
    """Two files and the page made of them."""
    assert {path.name for path in SAFETY.iterdir()} == {"README.md", "case.toml", "hazards.toml"}


def test_the_page_is_made_of_the_data() -> None:
    """Whoever changes the log or the report makes the page anew: `python scripts/generate_safety_page.py`."""
    told = (SAFETY / "README.md").read_text()
    assert generate_safety_page.page(told, *generate_safety_page.read()) == told
    assert told.count(generate_safety_page.MARK) == 1
