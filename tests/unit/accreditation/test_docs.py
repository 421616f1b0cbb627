"""The docs of the rules are true of the rules."""

import re

import generate_rules
from tabard.accreditation import MATRIX, RULES
from tabard.accreditation.rules.safety_officer_named import REGISTERS

PAGE = generate_rules.PAGE.read_text()
HAZARDS = generate_rules.PAGE.with_name("hazards.md").read_text()


def test_the_docs_hold_the_table_of_the_rules_as_they_are() -> None:
    """Every rule, what must hold, its criteria, and who judges what it could not: `python scripts/generate_rules.py`."""
    assert generate_rules.page(PAGE) == PAGE
    assert all(f"| `{rule.id}` |" in PAGE for rule in RULES)


def test_the_docs_show_the_table_of_ratings() -> None:
    """Cell by cell, likelihood from very high down."""
    told = re.findall(r"^\| (?:very high 5|high 4|medium 3|low 2|very low 1) \| ([\d |]+) \|$", HAZARDS, re.MULTILINE)
    assert [tuple(map(int, row.split(" | "))) for row in told] == list(reversed(MATRIX))


def test_the_docs_name_the_registers() -> None:
    """A maker knows before the check which are known."""
    (row,) = [line for line in PAGE.splitlines() if line.startswith("| `safety-officer-named` | nobody")]
    assert set(re.findall(r"\b(?:[A-Z]{3,4}|GOsC|GPhC)\b", row)) == set(REGISTERS)
