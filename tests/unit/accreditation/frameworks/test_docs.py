"""The pages about frameworks are true of them."""

import re
from pathlib import Path

import pytest

import generate_criteria_page
from tabard.accreditation.claims import EvidenceKind, read_claims
from tabard.accreditation.frameworks import NoSuchCriterion, ProductClass, all_frameworks, criterion
from tabard.accreditation.table import RULES
from tabard.decision import NEEDED

PAGE = next(page for page in generate_criteria_page.PAGES if page.stem == "frameworks").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", generate_criteria_page.PAGES, ids=lambda page: page.stem)
def test_the_tables_are_current(page: Path) -> None:
    """They are made by a script. Remedy: python scripts/generate_criteria_page.py."""
    told = page.read_text(encoding="utf-8")
    assert generate_criteria_page.made(told) == told


def test_every_rule_names_criteria_that_there_are() -> None:
    """A rule that names none, or one that is nowhere, proves nothing of any framework."""
    wrong = [(rule.id, one) for rule in RULES for one in rule.criteria if not _is_one(one)]
    assert wrong == []
    assert [rule.id for rule in RULES if not rule.criteria] == []


def test_what_rules_alone_judge_has_a_rule_that_judges_it() -> None:
    """A criterion that no person is asked of, and no rule names, would hold up every product for ever."""
    named = {one for rule in RULES for one in rule.criteria}
    alone = [one.id for each in all_frameworks() for one in each.criteria if one.by_rule_alone]
    assert [one for one in alone if one not in named] == []


def test_every_framework_kind_and_class_stands_on_the_page() -> None:
    """A reader finds each word that a file may hold."""
    assert [one.id for one in all_frameworks() if f"`{one.id}`" not in PAGE] == []
    assert [kind for kind in EvidenceKind if f"`{kind}`" not in PAGE] == []
    rows = dict(re.findall(r"^\| ([0-3]) \|.*\| ([^|]+) \|$", PAGE, re.MULTILINE))
    assert {int(one) for one in rows} == set(ProductClass)
    for value in ProductClass:
        added = NEEDED[value] - (NEEDED[value - 1] if value else frozenset())
        assert all(role.replace("_", " ") in rows[str(value.value)] for role in added)


def test_the_example_of_claims_is_read() -> None:
    """So that whoever copies it begins with one that is right."""
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert len(read_claims(example.encode(), {"hazards.toml": b"", "claims.toml": b""}).claims) == 3


def _is_one(id_: str) -> bool:
    try:
        criterion(id_)
    except NoSuchCriterion:
        return False
    return True
