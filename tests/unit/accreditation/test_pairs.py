"""Each rule has a product that fails for that rule alone, and names its family, its criteria and its source."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TypeVar

import pytest

from tabard.accreditation import RULES, CouldNot, Family, Rule, Verdict, assess, criterion
from tabard.accreditation.probing.checked import Checked, Spotted, Unread
from tabard.accreditation.probing.checkers import check_files
from tabard.accreditation.probing.checkers.place import find_checkers
from unit.accreditation import pairs_safety
from unit.accreditation.pairs import ELSEWHERE, PAIRS, Pair
from unit.accreditation.pairs_safety import SafetyPair
from unit.accreditation.tiny import Saw, failing, read_all, report_of, tiny

HAS_CHECKERS = not isinstance(find_checkers(), CouldNot)


def part_of(whole: Checked, prefix: str, files: Mapping[str, bytes]) -> Checked:
    """What checkers said of one product, of what they said of many in one breath."""
    told = read_all(files)
    runs = []
    for mine, all_ in zip(told.runs, whole.runs, strict=True):
        here = tuple(name for name in mine.owed if f"{prefix}/{name}" in all_.covered)
        unread = tuple(_bare(one, prefix) for one in all_.unread if one.file.startswith(f"{prefix}/"))
        spots = tuple(_bare(one, prefix) for one in all_.spotted if one.file.startswith(f"{prefix}/"))
        runs.append(type(mine)(mine.tool, all_.version, mine.owed, here, unread, spots, all_.fault))
    return Checked(tuple(runs))


_Told = TypeVar("_Told", Spotted, Unread)


def _bare(one: _Told, prefix: str) -> _Told:
    return replace(one, file=one.file.removeprefix(f"{prefix}/"))


@cache
def checked() -> Checked:
    """All products that the checkers must fail, read in one breath."""
    files = {
        f"{pair.rule}/{name}": raw for pair in PAIRS if pair.is_for_checkers for name, raw in pair.package.files.items()
    }
    told = check_files(files)
    assert isinstance(told, Checked)
    return told


@pytest.mark.parametrize("pair", [one for one in PAIRS if not one.is_for_checkers], ids=lambda one: one.rule)
def test_a_product_fails_for_one_rule_alone(pair: Pair) -> None:
    """And the product beside it, which differs in nothing else, passes all."""
    assert failing(tiny()) == {}
    told = failing(pair.package, pair.saw)
    assert set(told) == {pair.rule}
    assert all(one.startswith("fail ") for one in told[pair.rule]), told


@pytest.mark.skipif(not HAS_CHECKERS, reason="the static checkers are not here")
@pytest.mark.parametrize("pair", [one for one in PAIRS if one.is_for_checkers], ids=lambda one: one.rule)
def test_a_product_fails_by_the_real_checkers_for_one_rule_alone(pair: Pair) -> None:
    """What the tools find in it is told by that rule and by no other."""
    saw = Saw(code=part_of(checked(), pair.rule, pair.package.files))
    assert set(failing(pair.package, saw)) == {pair.rule}
    verdicts = {one.partition(" ")[0] for one in failing(pair.package, saw)[pair.rule]}
    assert "fail" in verdicts
    assert "error" not in verdicts


@pytest.mark.parametrize("pair", pairs_safety.PAIRS, ids=lambda one: one.rule)
def test_a_product_fails_by_one_rule_of_clinical_safety_alone(pair: SafetyPair) -> None:
    """No other fails it, whatever the family; one that cannot judge beside it says so and fails nothing."""
    findings = assess(pair.package, Saw(), before=pair.before).findings
    assert {one.rule for one in findings if one.verdict is Verdict.failed} == {pair.rule}
    assert not [one for one in findings if one.verdict is Verdict.error]


def test_the_products_that_pass_fail_by_nothing() -> None:
    """The first version, and the one that follows it in all order."""
    assert failing(tiny()) == {}
    after = assess(pairs_safety.version_2(pairs_safety.following()), Saw(), before=tiny())
    assert [one for one in after.findings if one.verdict not in (Verdict.passed, Verdict.not_applicable)] == []


def test_every_rule_has_a_product_that_fails_for_it() -> None:
    """But for those whose failing product cannot be."""
    owed = {one.id for one in RULES} - ELSEWHERE
    assert {pair.rule for pair in (*PAIRS, *pairs_safety.PAIRS)} == owed


def test_what_others_code_does_is_for_a_person() -> None:
    """Never passed by itself, never failed: its maker cannot mend it."""
    spot = Spotted("vendor/small.js", 1, "semgrep", "runs.text-as-script", "text is run as code")
    assert failing(tiny(), Saw(spots=(spot,))) == {"code-of-others": ["not_assessed tabard.toml component[0]"]}


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.id)
def test_a_rule_names_criteria_that_are(rule: Rule) -> None:
    """Each is one of a framework's; a rule without one would serve nothing."""
    assert rule.criteria
    assert rule.source
    for id_ in rule.criteria:
        criterion(id_)


def test_there_are_rules_enough() -> None:
    """Of every family."""
    assert len(RULES) >= 30
    assert {one.family for one in RULES} == set(Family)


def test_a_not_assessed_says_what_a_person_must_do() -> None:
    """Wherever nothing ran."""
    away = CouldNot("it is not here", "get it")
    report = report_of(tiny(), Saw(could_not=away, code=away, day=away, known=away))
    assert report.failing == ()
    assert all(one.verdict is Verdict.not_assessed and one.remedy for one in report.unassessed)
    assert len({one.rule for one in report.unassessed}) > 10
