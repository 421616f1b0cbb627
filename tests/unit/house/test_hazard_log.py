"""The hazard log of Tabard itself agrees with its own table, and what it points at exists."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
LOG: dict[str, Any] = tomllib.loads((ROOT / "docs/safety/hazards.toml").read_text())
HAZARDS: list[dict[str, Any]] = LOG["hazard"]
RISKS = [(hazard["id"], when, hazard[when]) for hazard in HAZARDS for when in ("initial", "residual")]
CONTROLS = [control for hazard in HAZARDS for control in hazard["controls"]]


@pytest.mark.parametrize(("hazard", "when", "risk"), RISKS, ids=[f"{row[0]}-{row[1]}" for row in RISKS])
def test_a_rating_is_the_one_of_the_table(hazard: str, when: str, risk: dict[str, Any]) -> None:
    """The matrix is not symmetric: a rating is looked up, never multiplied."""
    scheme = LOG["scheme"]
    row = scheme["likelihood"].index(risk["likelihood"])
    column = scheme["severity"].index(risk["severity"])
    assert risk["rating"] == scheme["matrix"][row][column], f"{hazard} {when}"


@pytest.mark.parametrize("control", CONTROLS, ids=[control["id"] for control in CONTROLS])
def test_a_control_points_at_code_and_tests_that_exist(control: dict[str, Any]) -> None:
    """A control whose code or test is gone is no control."""
    assert control["code"], "who carries it out?"
    assert control["tests"], "what shows that it works?"
    missing = [path for path in control["code"] + control["tests"] if not (ROOT / path).exists()]
    assert missing == []


def test_ids_are_used_once() -> None:
    """An id is never reused: incidents and decisions point at it for years."""
    ids = [hazard["id"] for hazard in HAZARDS] + [control["id"] for control in CONTROLS]
    assert len(ids) == len(set(ids))


def test_no_control_makes_a_risk_worse() -> None:
    """A residual rating above the initial one is a mistake in the log."""
    assert [hazard["id"] for hazard in HAZARDS if hazard["residual"]["rating"] > hazard["initial"]["rating"]] == []
