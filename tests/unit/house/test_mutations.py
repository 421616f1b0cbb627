"""The list of checks to switch off is true: each piece stands once in its file, and its tests are there."""

from pathlib import Path

import pytest

from mutations import Mutation, mutations

ROOT = Path(__file__).parents[3]
ALL = mutations()


@pytest.mark.parametrize("mutation", ALL, ids=[one.name for one in ALL])
def test_a_listed_check_is_in_the_sources_and_has_tests(mutation: Mutation) -> None:
    """Or the run of `make mutations` would try something else than what it says."""
    assert (ROOT / mutation.file).read_text().count(mutation.old) == 1
    assert mutation.old != mutation.new
    assert mutation.tests
    assert all((ROOT / test.partition("::")[0]).exists() for test in mutation.tests)


def test_no_two_checks_have_one_name() -> None:
    """A name leads to one."""
    assert len({one.name for one in ALL}) == len(ALL) > 0
