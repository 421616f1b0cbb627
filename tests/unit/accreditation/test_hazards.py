"""Hazard logs: the table as the standard's users have it, reading, and what is told of a log."""

import pytest

from tabard.accreditation import MATRIX, BadHazardLog, Likelihood, Owner, Severity, rating, read_hazard_log
from unit.accreditation.tiny import HAZARDS

TABLE = """
very_high 3 4 4 5 5
high      2 3 3 4 5
medium    2 2 3 3 4
low       1 2 2 3 4
very_low  1 1 2 2 3
"""


def test_the_table_is_the_standard_s_cell_by_cell() -> None:
    """Rows by likelihood, columns minor, significant, considerable, major, catastrophic."""
    rows = [line.split() for line in TABLE.split("\n") if line]
    told = {(int(Likelihood[row[0]]), severity): int(row[severity]) for row in rows for severity in range(1, 6)}
    assert len(told) == 25
    assert {(row, column): rating(column, row) for row, column in told} == told


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
    """Who keeps each control, and which files carry it out."""
    log = read_hazard_log(HAZARDS.encode())
    (hazard,) = log.hazards
    assert [one.owner for one in hazard.controls] == [Owner.maker, Owner.deployer]
    assert hazard.controls[0].where == ("app.js", "index.html")
    assert log.tasks == (("H1", "Choose when a feed counts as silent."),)
    assert log.not_applicable == (("missing", "The list is one page and is never cut short."),)


def test_a_log_is_told_in_short_in_words() -> None:
    """A page shows a hazard in a line, before and after."""
    (line,) = read_hazard_log(HAZARDS.encode()).in_short
    assert (line.id, line.title) == ("H1", "Old list, or none")
    assert line.before == "3 (undesirable): major, medium"
    assert line.after.startswith("2 (acceptable where")
    assert line.after.endswith("major, very low")


def test_all_faults_of_a_log_are_told_together() -> None:
    """Each with its key, what was expected and what stands there."""
    bad = (
        HAZARDS.replace('id = "H1"', "")
        .replace("severity = 4, likelihood = 3", "severity = 9")
        .replace('"deployer"', '"them"')
    )
    with pytest.raises(BadHazardLog) as caught:
        read_hazard_log(bad.encode())
    assert {fault.where for fault in caught.value.faults} == {
        "hazard[0].id",
        "hazard[0].before.severity",
        "hazard[0].before.likelihood",
        "hazard[0].control[1].owner",
    }


@pytest.mark.parametrize("raw", [b"a" + b".a" * 999 + b" = 1", b"#" * (1024 * 1024 + 1), b"a = " + b"9" * 9999])
def test_a_log_beyond_measure_is_none(raw: bytes) -> None:
    """Depth, length and numbers that cost the reader more than a log is worth."""
    with pytest.raises(BadHazardLog) as caught:
        read_hazard_log(raw)
    assert [fault.expected for fault in caught.value.faults] == ["TOML in UTF-8"]
