"""The docs of the rules are true of the rules."""

import re
from pathlib import Path

from tabard.accreditation import MATRIX, RULES
from tabard.accreditation.rules.safety_officer_named import REGISTERS
from tabard.decision import Role

PAGE = (Path(__file__).parents[3] / "docs/look-up/rules.md").read_text()
JUDGES = {
    "either": {Role.clinical_safety, Role.security},
    "security": {Role.security},
    "clinical safety": {Role.clinical_safety},
}


def rows() -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in PAGE.splitlines() if line.startswith("| `")
    ]


def test_every_rule_stands_in_the_docs_in_the_order_of_the_table() -> None:
    """With what makes it fail and what to do."""
    assert [row[0].strip("`") for row in rows()] == [rule.id for rule in RULES]
    assert all(len(row) == 4 and all(row) for row in rows())


def test_the_docs_say_who_judges_what_was_not_assessed() -> None:
    """As the rules have it."""
    assert [JUDGES[row[3].rstrip(" |")] for row in rows()] == [set(rule.judges) for rule in RULES]


def test_the_docs_show_the_table_of_ratings() -> None:
    """Cell by cell, likelihood from very high down."""
    told = re.findall(r"^\| (?:very high 5|high 4|medium 3|low 2|very low 1) \| ([\d |]+) \|$", PAGE, re.MULTILINE)
    assert [tuple(map(int, row.split(" | "))) for row in told] == list(reversed(MATRIX))


def test_the_docs_name_the_registers() -> None:
    """A maker knows before the check which are known."""
    (row,) = [row for row in rows() if row[0] == "`safety-officer-named`"]
    assert set(re.findall(r"\b(?:[A-Z]{3,4}|GOsC|GPhC)\b", row[1].replace("DCB", ""))) == set(REGISTERS)
