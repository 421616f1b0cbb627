"""What a new version of a framework changes, and for whom."""

from datetime import date

import pytest

from tabard.accreditation.frameworks import (
    Change,
    Classed,
    Judged,
    OtherFamily,
    ProductClass,
    Trait,
    affected,
    differences,
    framework,
    read_framework,
)
from unit.accreditation.frameworks.test_shelf import SMALL

OLD = read_framework(SMALL, "f.toml")
NEW = read_framework(
    SMALL.replace('version = "1"', 'version = "2"')
    .replace("2026-01-01", "2026-06-01")
    .replace('{ n = "3", title = "a", asks = "b" }', '{ n = "3", title = "a", asks = "more" }, { n = "4", title = "a", asks = "b", needs = ["writes"] }')
    .replace('    { n = "2", title = "a", asks = "b", level = "should", needs = ["pages"] },\n', ""),
    "f2.toml",
)  # fmt: skip
READS = Classed(ProductClass.shows, (), frozenset({Trait.pages}))
WRITES = Classed(ProductClass.acts, (), frozenset({Trait.writes}))


def test_differences_name_what_is_new_what_changed_and_what_is_gone() -> None:
    """By number, in the new one's order."""
    told = [(one.number, one.change, one.what) for one in differences(OLD, NEW)]
    assert told == [("3", Change.changed, ("asks",)), ("4", Change.added, ()), ("2", Change.removed, ())]
    assert differences(OLD, OLD) == ()


def test_only_versions_of_one_framework_are_compared() -> None:
    """Else every number would seem to have changed."""
    with pytest.raises(OtherFamily):
        differences(OLD, framework("dtac-2.0"))


def test_a_product_is_affected_by_what_is_asked_of_it_alone() -> None:
    """Each with its day: the new version's first day and the days of grace."""
    by = ((OLD.id, OLD.sha256),)
    products = [Judged("reader", "1.0.0", READS, by), Judged("writer", "1.0.0", WRITES, by)]
    found = affected(products, NEW, (OLD, NEW))
    assert [(one.product, [each.number for each in one.differences]) for one in found] == [
        ("reader", ["3"]),
        ("writer", ["3", "4"]),
    ]
    assert {one.by for one in found} == {date(2026, 7, 1)}
    assert not found[0].is_overdue(date(2026, 7, 1))
    assert found[0].is_overdue(date(2026, 7, 2))


def test_who_was_judged_by_it_is_not_affected() -> None:
    """The digest says by which words, not the number alone."""
    pinned = Judged("p", "1.0.0", READS, ((NEW.id, NEW.sha256),))
    assert affected([pinned], NEW, (OLD, NEW)) == ()
    other = Judged("p", "1.0.0", READS, ((NEW.id, "0" * 64),))
    assert [each.number for each in affected([other], NEW, (OLD, NEW))[0].differences] == ["1", "3"]


def test_who_was_judged_by_nothing_known_owes_everything() -> None:
    """Fails closed."""
    assert [one.product for one in affected([Judged("p", "1.0.0", READS, ())], NEW, (OLD,))] == ["p"]
