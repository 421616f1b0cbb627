"""hazard-log-readable: a log is there, every key of it can be read, and it is of this product and version."""

import pytest

from tabard.accreditation import Verdict
from unit.accreditation.safe import fails
from unit.accreditation.tiny import HAZARDS, report_of, tiny


def spoilt(old: str, new: str) -> dict[str, list[str]]:
    assert old in HAZARDS
    return fails(tiny({"hazards.toml": HAZARDS.replace(old, new, 1)}))


def test_a_sound_log_passes_and_tells_the_hospital_s_tasks() -> None:
    """Deployer-owned controls are counted where the trust will read them."""
    (found,) = [one for one in report_of(tiny()).findings if one.rule == "hazard-log-readable"]
    assert (found.verdict, found.got) == (Verdict.passed, "issue 1: 1 hazards; 1 controls that the hospital keeps")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('owner = "manufacturer"', 'owner = "somebody"', "hazard[0].control[0].owner"),
        (
            'severity = "major", likelihood = "medium"',
            'severity = "awful", likelihood = "medium"',
            "hazard[0].initial.severity",
        ),
        ("rating = 3", "rating = true", "hazard[0].initial.rating"),
        ("rating = 3", "rating = 6", "hazard[0].initial.rating"),
        ('id = "H1"', 'id = "H1"\nextra = 1', "hazard[0].extra"),
        ('title = "Old list, or none"', 'title = ""', "hazard[0].title"),
        ('causes = ["The feed stops."]', "causes = []", "hazard[0].causes"),
        ('harm = "Care is late."\n', "", "hazard[0].harm"),
        ('types = ["stale",', 'types = ["dull",', "hazard[0].types[0]"),
        ('rationale = "Feeds stop."', 'rationale = ""', "hazard[0].initial.rationale"),
        ('product = "tiny"', 'product = "other"', "product"),
        ('version = "1.0.0"', 'version = "0.9.0"', "version"),
        ('reason = "The list', 'reason = "The\u202elist', "not_applicable[0].reason"),
        ("issue = 1", 'issue = 1\nsupersedes = "short"', "supersedes"),
        (
            'status = "controlled"',
            'status = "controlled"\nhistory = [{ at = "today", by = "x", words = "y" }]',
            "hazard[0].history[0].at",
        ),
    ],
)
def test_a_log_that_cannot_be_read_fails_this_rule_alone(old: str, new: str, place: str) -> None:
    """Each fault is told at its key."""
    told = spoilt(old, new)
    assert told.keys() == {"hazard-log-readable"}
    assert told["hazard-log-readable"] == [f"hazards.toml {place}"]


def test_every_fault_of_a_log_is_told() -> None:
    """A maker mends a log once and not five times."""
    log = HAZARDS.replace('title = "Old list, or none"', "").replace('causes = ["The feed stops."]', "")
    assert len(fails(tiny({"hazards.toml": log}))["hazard-log-readable"]) == 2


@pytest.mark.parametrize("raw", [b"\xff", b"=", b"hazard = 1", b"", b"a = " + b"[" * 5000])
def test_a_log_that_is_none_fails(raw: bytes) -> None:
    """It is the product's fault and not an error of ours."""
    assert fails(tiny({"hazards.toml": raw})).keys() == {"hazard-log-readable"}


def test_a_log_beyond_measure_is_refused() -> None:
    """More hazards, controls or words than anybody reads are told as one fault each."""
    many = HAZARDS + '\n[[hazard]]\nid = "X"\n' * 600
    assert "hazards.toml hazard" in fails(tiny({"hazards.toml": many}))["hazard-log-readable"]
    wide = HAZARDS.replace('"The feed stops."', '"' + "x" * 5000 + '"')
    assert fails(tiny({"hazards.toml": wide})) == {"hazard-log-readable": ["hazards.toml hazard[0].causes[0]"]}
