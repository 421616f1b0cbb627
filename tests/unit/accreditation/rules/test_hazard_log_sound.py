"""hazard-log-sound: readable, rated by the table, nothing left that may not remain, every control owned and placed."""

import pytest

from tabard.accreditation import Verdict
from unit.accreditation.tiny import HAZARDS, failing, got_of, report_of, tiny

SECOND = """
[[hazard]]
id = "H1"
title = "Another"
cause = "c"
effect = "e"
before = { severity = 1, likelihood = 1 }
after = { severity = 1, likelihood = 1 }
"""


def spoilt(old: str, new: str) -> dict[str, list[str]]:
    assert old in HAZARDS
    return failing(tiny({"hazards.toml": HAZARDS.replace(old, new)}))


def test_a_sound_log_passes_and_tells_the_hospital_s_tasks() -> None:
    """Deployer-owned controls are counted where the trust will read them."""
    (found,) = [one for one in report_of(tiny()).findings if one.rule == "hazard-log-sound"]
    assert (found.verdict, found.got) == (Verdict.passed, "1 hazards; 1 controls that the hospital keeps")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("severity = 4, likelihood = 1", "severity = 5, likelihood = 5", "H1 after"),
        ("severity = 4, likelihood = 1", "severity = 4, likelihood = 3", "H1 reason"),
        ('where = "app.js, index.html"', 'where = "gone.js"', "H1 control[0].where"),
        ('where = "app.js, index.html"', "", "H1 control[0].where"),
        (
            'types = ["stale", "unavailable", "wrong-patient"]',
            'types = ["stale", "unavailable"]',
            "types wrong-patient",
        ),
        ('"The list is one page and is never cut short."', '"never"', "types missing"),
        ('types = ["stale", ', 'types = ["stale", "missing", ', "not_applicable.missing"),
        ('owner = "maker"', 'owner = "somebody"', "hazard[0].control[0].owner"),
        ("severity = 4, likelihood = 3", "severity = 6, likelihood = 3", "hazard[0].before.severity"),
        ("severity = 4, likelihood = 3", "severity = true, likelihood = 3", "hazard[0].before.severity"),
        ('id = "H1"', 'id = "H1"\nextra = 1', "hazard[0].extra"),
        ('title = "Old list, or none"', 'title = ""', "hazard[0].title"),
    ],
)
def test_a_log_that_is_not_sound_fails_this_rule_alone(old: str, new: str, place: str) -> None:
    """Each fault is told at its hazard and key."""
    told = spoilt(old, new)
    assert told.keys() == {"hazard-log-sound"}
    assert f"fail hazards.toml {place}" in told["hazard-log-sound"]


def test_a_control_makes_no_risk_worse() -> None:
    """A residual rating above the initial one is refused even where it might remain."""
    worse = HAZARDS.replace("severity = 4, likelihood = 3", "severity = 1, likelihood = 1")
    worse = worse.replace("severity = 4, likelihood = 1", "severity = 2, likelihood = 2")
    assert failing(tiny({"hazards.toml": worse})) == {"hazard-log-sound": ["fail hazards.toml H1 after"]}


def test_a_remaining_rating_of_three_stands_with_a_reason() -> None:
    """Undesirable, only where it cannot be reduced further: the maker says why."""
    reason = 'severity = 4, likelihood = 3 }\nreason = "The feed is the hospital\'s and cannot be made surer."'
    three = HAZARDS.replace("severity = 4, likelihood = 1 }", reason)
    assert failing(tiny({"hazards.toml": three})) == {}


@pytest.mark.parametrize(
    ("severity", "likelihood", "may_remain"),
    [(4, 4, False), (4, 5, False), (5, 3, False), (3, 5, False), (2, 5, False)],
)
def test_a_rating_of_four_or_five_never_remains(severity: int, likelihood: int, may_remain: bool) -> None:  # noqa: FBT001  a table's column
    """No reason lets it stand."""
    told = HAZARDS.replace("severity = 4, likelihood = 3", f"severity = {severity}, likelihood = {likelihood}")
    told = told.replace(
        "severity = 4, likelihood = 1 }",
        f'severity = {severity}, likelihood = {likelihood} }}\nreason = "It cannot be reduced any further here."',
    )
    assert ("hazard-log-sound" not in failing(tiny({"hazards.toml": told}))) == may_remain


def test_an_id_is_used_once() -> None:
    """Incidents and decisions point at it for years."""
    assert failing(tiny({"hazards.toml": HAZARDS + SECOND})) == {"hazard-log-sound": ["fail hazards.toml H1"]}


def test_a_risk_falls_by_a_control_only() -> None:
    """A lower rating with nothing that lowers it is a wish."""
    bare = HAZARDS.partition("[[hazard.control]]")[0]
    assert failing(tiny({"hazards.toml": bare})) == {"hazard-log-sound": ["fail hazards.toml H1 control"]}


def test_every_fault_of_a_log_is_told() -> None:
    """A maker mends a log once and not five times."""
    log = HAZARDS.replace('title = "Old list, or none"', "").replace('cause = "The feed stops."', "")
    assert len(failing(tiny({"hazards.toml": log}))["hazard-log-sound"]) == 2


def test_a_product_that_shows_no_patient_owes_none_of_the_four() -> None:
    """A calculator has no stale list."""
    plain = {'context = "ward"': 'context = "none"', '"launch", "user/Encounter.rs"': ""}
    log = HAZARDS.replace('types = ["stale", "unavailable", "wrong-patient"]\n', "").partition("[not_applicable]")[2]
    without = "[[hazard]]" + log.partition("[[hazard]]")[2]
    assert failing(tiny({"hazards.toml": without, "data.toml": None}, plain)) == {}


@pytest.mark.parametrize("raw", [b"\xff", b"=", b"hazard = 1", b"", b"a = " + b"[" * 5000])
def test_a_log_that_cannot_be_read_fails(raw: bytes) -> None:
    """It is the product's fault and not an error of ours."""
    assert all(one.startswith("fail") for one in failing(tiny({"hazards.toml": raw}))["hazard-log-sound"])


def test_the_error_says_what_to_write() -> None:
    """A maker who has never heard of the four types can mend the log by what is told."""
    (finding,) = [
        one
        for one in report_of(tiny({"hazards.toml": HAZARDS.replace('"stale", ', "")})).findings
        if one.rule == "hazard-log-sound"
    ]
    assert 'types = ["stale"]' in finding.remedy
    assert "[not_applicable] stale" in finding.remedy
    assert got_of(tiny(), "hazard-log-sound")
