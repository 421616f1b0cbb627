"""The frameworks that are shipped: whole, counted, and pinned by a digest."""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tabard.accreditation.frameworks import (
    BadFramework,
    Bearer,
    Level,
    NoSuchCriterion,
    all_frameworks,
    criterion,
    framework,
    frameworks,
    read_framework,
)

FACTS = Path(__file__).parents[5] / "shared/facts/dtac_v2.json"
TODAY = date(2026, 11, 22)
SMALL = """
family = "f"
version = "1"
title = "t"
effective = 2026-01-01
grace_days = 30
source = "s"
licence = "l"
told = []
[[section]]
title = "one"
owner = "maker"
level = "must"
criterion = [
    { n = "1", title = "a", asks = "b", kind = "yes-no", next = { no = "3" } },
    { n = "2", title = "a", asks = "b", level = "should", needs = ["pages"] },
    { n = "3", title = "a", asks = "b" },
]
"""


def test_what_is_shipped_counts_as_the_originals_do() -> None:
    """Fifty-eight requirements of DCB0129 with its plan as one, 70 and 183 of ASVS, 55 of WCAG at A and AA."""
    counts = {one.id: len(one.criteria) for one in all_frameworks()}
    assert counts["dcb0129-4.2"] == 58
    assert Counter(one.rank for one in framework("asvs-5.0").criteria) == {"L1": 70, "L2": 183}
    assert Counter(one.rank for one in framework("wcag-2.2").criteria) == {"A": 31, "AA": 24}
    assert Counter(one.level for one in framework("dcb0129-4.2").criteria) == {Level.must: 56, Level.should: 2}
    assert {one.owner for one in framework("dcb0160-3.2").criteria} == {Bearer.site}


@pytest.mark.skipif(not FACTS.exists(), reason="the facts lie beside a checkout, and are no part of it")
def test_the_form_asks_what_the_facts_say_it_asks() -> None:
    """Every question, in its order; and each route that the facts tell."""
    facts = json.loads(FACTS.read_text())["questions"]
    ours = {one.number: one for one in framework("dtac-2.0").criteria}
    assert list(ours) == [one["id"] for one in facts]
    for one in facts:
        routes = one.get("next", {})
        told = routes if isinstance(routes, dict) else {"*": routes}
        question = ours[one["id"]].question
        assert question
        ours_told = dict(question.routes)
        assert {answer: to.replace("end", "") for answer, to in told.items()}.items() <= ours_told.items()


def test_every_criterion_has_words_and_an_id_of_its_framework() -> None:
    """A number once; a title and what it asks, each a line; and the id begins as its framework does."""
    for each in all_frameworks():
        assert len({one.id for one in each.criteria}) == len(each.criteria)
        for one in each.criteria:
            assert one.id.startswith((f"{each.id}/", f"{each.family}/"))
            assert re.fullmatch(r"[\w.-]+/[\w.-]+", one.id)
            assert one.title.strip("? ")
            assert one.asks.endswith(".")
            assert criterion(one.id) == one


def test_a_form_s_routes_lead_on_and_to_its_end() -> None:
    """No route leads back, so that every walk ends."""
    form = framework("dtac-2.0")
    order = [one.number for one in form.criteria]
    for one in form.criteria:
        for _, to in one.question.routes if one.question else ():
            assert not to or order.index(to) > order.index(one.number)


def test_a_framework_judges_from_its_day_on_and_no_longer_than_its_last() -> None:
    """The day itself is in, the day it ends is out."""
    assert "dtac-2.0" not in [one.id for one in frameworks(date(2026, 4, 5))]
    assert "dtac-2.0" in [one.id for one in frameworks(date(2026, 4, 6))]
    ended = read_framework(SMALL.replace("grace_days", "until = 2026-03-01\ngrace_days"), "f.toml")
    assert ended.is_in_force(date(2026, 2, 28))
    assert not ended.is_in_force(date(2026, 3, 1))


def test_a_digest_is_of_what_is_said_and_not_of_how_it_is_laid_out() -> None:
    """Another order of keys is the same framework; another word is another."""
    one = read_framework(SMALL, "f.toml")
    assert (
        read_framework(SMALL.replace('source = "s"\nlicence = "l"', 'licence = "l"\nsource = "s"'), "f.toml").sha256
        == one.sha256
    )
    for was, becomes in (
        ('asks = "b" }', 'asks = "c" }'),
        ('level = "should"', 'level = "must"'),
        ('["pages"]', '["writes"]'),
        ('no = "3"', 'no = ""'),
        ("2026-01-01", "2026-01-02"),
        ("grace_days = 30", "grace_days = 31"),
    ):
        assert read_framework(SMALL.replace(was, becomes), "f.toml").sha256 != one.sha256


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('n = "2"', 'n = "1"'),
        ('no = "3"', 'no = "9"'),
        ('n = "3", title = "a", asks = "b"', 'n = "3", title = "a", asks = "b", kind = "text", next = { "*" = "1" }'),
        ('n = "3", title = "a"', 'n = "3", title = " "'),
        ('needs = ["pages"]', 'needs = ["wings"]'),
        ('owner = "maker"', 'owner = "nobody"'),
        ('owner = "maker"', ""),
        ("2026-01-01", '"2026-01-01"'),
        ("grace_days", "grace_day"),
        ('n = "2"', 'number = "2"'),
        ("told = []", "told = ["),
    ],
)
def test_a_file_of_ours_that_makes_no_sense_is_our_own_fault(was: str, becomes: str) -> None:
    """And is told with its name."""
    assert was in SMALL
    with pytest.raises(BadFramework, match=r"f\.toml"):
        read_framework(SMALL.replace(was, becomes, 1), "f.toml")


def test_what_is_not_on_the_shelf_is_said_so() -> None:
    """With what is there."""
    with pytest.raises(NoSuchCriterion, match="framework list"):
        criterion("dtac-2.0/C9")
    with pytest.raises(NoSuchCriterion, match=r"dtac-2\.0"):
        framework("dtac-1.0")


def test_a_family_judges_by_one_version_at_a_time() -> None:
    """A newer version's first day is the day on which the older one ends: else a product would be asked everything twice."""
    for each in all_frameworks():
        alike = [one.id for one in frameworks(each.effective) if one.family == each.family]
        assert alike == [each.id]
