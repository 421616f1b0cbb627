"""Hazard logs: the table as the standard's users have it, reading, and what is told of a log."""

from collections.abc import Callable

import pytest

from tabard.accreditation import MATRIX, BadHazardLog, Likelihood, Owner, Severity, rating, read_hazard_log
from tabard.accreditation.hazards.differing import differences
from tabard.accreditation.hazards.model import HazardStatus
from tabard.accreditation.hazards.scheme import SCHEME
from unit.accreditation.tiny import HAZARDS

TABLE = """
very_high 3 4 4 5 5
high      2 3 3 4 5
medium    2 2 3 3 4
low       1 2 2 3 4
very_low  1 1 2 2 3
"""
SECOND = """
[[hazard]]
id = "H2"
title = "Another"
causes = ["c"]
effect = "e"
harm = "h"
care_setting = "wards"
initial = { severity = "minor", likelihood = "low", rating = 1, rationale = "r" }
residual = { severity = "minor", likelihood = "low", rating = 1, rationale = "r" }
status = "controlled"
"""


def test_the_table_is_the_standard_s_cell_by_cell() -> None:
    """Rows by likelihood, columns minor, significant, considerable, major, catastrophic."""
    rows = [line.split() for line in TABLE.split("\n") if line]
    told = {(int(Likelihood[row[0]]), severity): int(row[severity]) for row in rows for severity in range(1, 6)}
    assert len(told) == 25
    assert {(row, column): rating(column, row) for row, column in told} == told


def test_the_scheme_s_words_are_those_of_the_values() -> None:
    """A log writes them, and a rating is found by their place."""
    assert [one.code for one in SCHEME.severity] == [one.name for one in Severity]
    assert [one.code for one in SCHEME.likelihood] == [one.words for one in Likelihood]
    assert len(SCHEME.ratings) == 5


def test_a_rating_is_looked_up_and_never_multiplied() -> None:
    """Severity times likelihood would give 10 for the first two and 5 for the third: the table gives 4, 4 and 3."""
    assert rating(Severity.catastrophic, Likelihood.low) == 4
    assert rating(Severity.significant, Likelihood.very_high) == 4
    assert rating(Severity.catastrophic, Likelihood.very_low) == 3
    assert rating(Severity.minor, Likelihood.low) == 1
    assert rating(Severity.significant, Likelihood.very_low) == 1
    assert rating(Severity.minor, Likelihood.medium) == 2
    assert len(MATRIX) == 5


@pytest.mark.parametrize(("severity", "likelihood"), [(0, 1), (1, 0), (6, 1), (1, 6), (-1, 1)])
def test_a_number_outside_the_scheme_is_refused(severity: int, likelihood: int) -> None:
    """There is no row 0 to read from the end of the table."""
    with pytest.raises(ValueError, match="is not a valid"):
        rating(severity, likelihood)


def test_a_log_is_read_with_its_controls_and_tasks() -> None:
    """Who keeps each control, what carries it out, and what the hospital must do."""
    log = read_hazard_log(HAZARDS.encode())
    (hazard,) = log.hazards
    assert [one.owner for one in hazard.controls] == [Owner.manufacturer, Owner.deployer]
    assert hazard.controls[0].implemented == ("app.js", "index.html")
    assert log.tasks == (("H1", "Choose when a feed counts as silent."),)
    assert [(one.hazard, one.control) for one in log.to_do] == [("H1", "H1.2")]
    assert [(one.type, one.reason) for one in log.not_applicable] == [
        ("missing", "The list is one page and is never cut short.")
    ]
    assert hazard.status is HazardStatus.controlled


def test_a_log_is_told_in_short_in_words() -> None:
    """A page shows a hazard in a line, before and after."""
    (line,) = read_hazard_log(HAZARDS.encode()).in_short
    assert (line.id, line.title) == ("H1", "Old list, or none")
    assert line.before == "3 (undesirable): major, medium"
    assert line.after.startswith("2 (acceptable where")
    assert line.after.endswith("major, very low")


def test_all_faults_of_a_log_are_told_together() -> None:
    """Each with its key, what was expected and what stands there."""
    bad = HAZARDS.replace('id = "H1"\n', "").replace('severity = "major", likelihood = "medium", ', "severity = 9, ")
    bad = bad.replace('"deployer"', '"them"')
    with pytest.raises(BadHazardLog) as caught:
        read_hazard_log(bad.encode())
    assert {fault.where for fault in caught.value.faults} == {
        "hazard[0].id",
        "hazard[0].initial.severity",
        "hazard[0].initial.likelihood",
        "hazard[0].control[1].owner",
    }
    assert all(fault.expected and fault.got for fault in caught.value.faults)


@pytest.mark.parametrize("raw", [b"a" + b".a" * 999 + b" = 1", b"#" * (1024 * 1024 + 1), b"a = " + b"9" * 9999])
def test_a_log_beyond_measure_is_none(raw: bytes) -> None:
    """Depth, length and numbers that cost the reader more than a log is worth."""
    with pytest.raises(BadHazardLog) as caught:
        read_hazard_log(raw)
    assert [fault.expected for fault in caught.value.faults] == ["TOML in UTF-8"]


def test_a_log_with_countless_faults_is_told_in_bounds() -> None:
    """Nobody reads more than a hundred, and a stranger's file must not make an endless sentence."""
    many = HAZARDS + "".join(f"x{at} = 1\n" for at in range(300))
    with pytest.raises(BadHazardLog) as caught:
        read_hazard_log(many.encode())
    assert "and 200 more" in caught.value.message


Change = Callable[[str], str]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda log: log, ()),
        (lambda log: log + SECOND, ("H2 is new.",)),
        (lambda log: log.replace('"controlled"', '"closed"'), ("H1 was closed.",)),
        (
            lambda log: log.replace('"very low", rating = 2', '"low", rating = 3'),
            (
                "H1 is rated otherwise after its controls: 2 (acceptable where reducing it further costs more than it brings): major, very low, now 3 (undesirable): major, low.",
            ),
        ),
        (
            lambda log: log.replace('"medium", rating = 3', '"low", rating = 3'),
            ("H1 is rated lower at first: 3 (undesirable): major, medium, now 3 (undesirable): major, low.",),
        ),
        (lambda log: log.replace('["app.js"]', '["index.html"]'), ("Control H1.1 changed.",)),
        (lambda log: log.replace('"H1.2"', '"H1.3"'), ("Control H1.3 is new.", "Control H1.2 went.")),
        (lambda log: log.replace("Care is late.", "Care is too late."), ("The text of H1 changed.",)),
    ],
)
def test_what_changed_between_two_issues_is_told_in_words(change: Change, words: tuple[str, ...]) -> None:
    """Added, changed, lowered and closed: a sentence each, and nothing where nothing changed."""
    told = differences(read_hazard_log(HAZARDS.encode()), read_hazard_log(change(HAZARDS).encode()))
    assert told.words == words
    assert told.is_any == bool(words)


def test_a_hazard_that_went_and_one_that_was_renamed_come_first() -> None:
    """They may never happen; a renaming told in its history may."""
    old = read_hazard_log((HAZARDS + SECOND).encode())
    gone = differences(old, read_hazard_log(HAZARDS.encode()))
    assert gone.words == ("H2 was taken out of the log: a hazard is never deleted.",)
    renamed = (HAZARDS + SECOND).replace('"Another"', '"Yet another"')
    assert differences(old, read_hazard_log(renamed.encode())).renamed
    history = '\n[[hazard.history]]\nat = 2026-01-01\nby = "x"\nwords = "called better"\n'
    assert not differences(old, read_hazard_log((renamed + history).encode())).renamed
