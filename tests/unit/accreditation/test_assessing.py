"""Assessing: every rule speaks, nothing unproven passes, and the report is the same bytes wherever it is made."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given, strategies as st

from tabard.accreditation import (
    RULES,
    BadReport,
    CouldNot,
    Family,
    Finding,
    PagesSeen,
    Report,
    Rule,
    Subject,
    Verdict,
    absent,
    assess,
    rules_sha256,
)
from tabard.accreditation.found import not_applicable, not_assessed, passed
from tabard.accreditation.model import Found
from tabard.accreditation.probing.ports import Gathering
from tabard.accreditation.words import shown
from tabard.decision import Role
from tabard.product import Package
from unit.accreditation.tiny import Saw, report_of, tiny

ROOT = Path(__file__).parents[3]
DIGEST = "0" * 64


def rule(*found: Found, raises: Exception | None = None) -> Rule:
    def check(_: Subject) -> Iterator[Found]:
        yield from found
        if raises is not None:
            raise raises

    return Rule("try-it", "Try it", "nowhere", (Role.security,), check)


def verdicts(one: Rule) -> list[Verdict]:
    return [finding.verdict for finding in assess(tiny(), absent(), rules=(one,)).findings]


def test_every_rule_of_the_table_speaks() -> None:
    """A rule that is silent is not one that passed."""
    assert {one.rule for one in report_of(tiny()).findings} == {one.id for one in RULES}


def test_a_rule_is_a_file_named_as_its_id_with_its_sentence_and_source() -> None:
    """Whoever reads a finding finds the rule."""
    files = {path.stem for path in (ROOT / "src/tabard/accreditation/rules").glob("*.py")} - {"__init__"}
    assert {one.id.replace("-", "_") for one in RULES} == files
    assert all(one.title and one.source and one.judges for one in RULES)


def test_a_rule_that_raises_is_our_error_even_after_a_pass() -> None:
    """What it said before it broke is not believed."""
    assert verdicts(rule(passed("a", "fine", DIGEST), raises=KeyError("a secret"))) == [Verdict.error]


def test_what_a_rule_raised_is_not_told_in_words_of_the_machine() -> None:
    """Only the kind of fault: its text could hold a path or a secret."""
    (finding,) = assess(tiny(), absent(), rules=(rule(raises=KeyError("/home/somebody")),)).findings
    assert "KeyError" in finding.got
    assert "somebody" not in str(finding)


def test_a_rule_that_says_nothing_is_our_error() -> None:
    """Nothing ran is not a pass."""
    assert verdicts(rule()) == [Verdict.error]


def test_a_pass_without_evidence_is_our_error() -> None:
    """A pass says what was looked at."""
    assert verdicts(rule(passed("a", "fine"))) == [Verdict.error]
    assert verdicts(rule(passed("a", "fine", DIGEST))) == [Verdict.passed]
    assert verdicts(rule(not_applicable("a", "no page"))) == [Verdict.not_applicable]


def test_a_probe_that_raises_makes_not_assessed() -> None:
    """The rules that need no browser still speak."""

    def broken(package: Package) -> PagesSeen | CouldNot:
        raise OSError(package.sha256)

    report = assess(tiny(), Gathering(sees=broken))
    assert {one.rule for one in report.unassessed} >= {"pages-accessible", "pages-self-contained", "pages-by-keyboard"}
    assert report.failing == ()
    assert not report.is_clean


def test_without_probes_nothing_is_clean() -> None:
    """absent() leaves to a person whatever rests on a browser, on the checkers, on advisories or on a trial."""
    report = assess(tiny(), absent())
    assert not report.is_clean
    wants = {Family.code, Family.vulnerabilities, Family.behaviour}
    assert {one.id for one in RULES if one.family in wants} - {one.rule for one in report.unassessed} == {
        "no-secrets",
        "reads-no-objects",
        "queries-not-put-together",
        "files-not-loose",
        "code-otherwise-sound",
        "trial-writes-valid",
    }
    assert {one.rule for one in report.unassessed} >= {"pages-accessible", "pages-self-contained", "pages-by-keyboard"}


def test_an_empty_report_is_not_clean() -> None:
    """No finding is no pass."""
    assert not replace(report_of(tiny()), findings=()).is_clean
    assert report_of(tiny()).is_clean


def test_the_order_in_which_a_rule_speaks_does_not_show() -> None:
    """The same findings are the same report."""
    two = (passed("b", "fine", DIGEST, "1" * 64), passed("a", "fine", DIGEST))
    one, other = (assess(tiny(), absent(), rules=(rule(*order),)) for order in (two, two[::-1]))
    assert one.to_bytes() == other.to_bytes()


def test_evidence_rests_on_what_was_looked_at() -> None:
    """Another byte in a file that a rule reads is another evidence digest, and only of the rules that read it."""
    one, other = report_of(tiny()), report_of(tiny({"hazards.toml": tiny().files["hazards.toml"] + b"\n"}))
    changed = {
        mine.rule for mine, theirs in zip(one.findings, other.findings, strict=True) if mine.evidence != theirs.evidence
    }
    assert "hazard-log-readable" in changed
    assert not changed & {"manifest-sound", "licence-allowed", "least-scopes"}
    assert one.rules_sha256 == other.rules_sha256


def test_other_rules_have_another_digest() -> None:
    """The digest names which rules judged."""
    assert rules_sha256() == rules_sha256(RULES) != rules_sha256(RULES[1:])


SCRIPT = """
import sys
from unit.accreditation.tiny import report_of, tiny
sys.stdout.buffer.write(report_of(tiny()).to_bytes())
"""


def test_a_laptop_and_the_store_give_the_same_bytes() -> None:
    """Two processes with another time zone, locale, hash seed and folder agree on every digest."""
    told = []
    for zone, language, seed, folder in (
        ("Asia/Tokyo", "C", "1", "/"),
        ("America/Lima", "en_GB.UTF-8", "77", str(ROOT)),
    ):
        there = {
            **os.environ,
            "TZ": zone,
            "LC_ALL": language,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": str(ROOT / "tests"),
        }
        command = [sys.executable, "-c", SCRIPT]
        told.append(subprocess.run(command, env=there, cwd=folder, check=True, capture_output=True).stdout)  # noqa: S603  ourselves
    assert told[0] == told[1] == report_of(tiny()).to_bytes()


def test_a_report_holds_no_time_and_no_place_of_the_machine() -> None:
    """What differs between machines is not in it."""
    raw = report_of(tiny(), Saw(could_not=CouldNot("no browser", "get one"))).to_bytes().decode()
    assert str(ROOT) not in raw
    always = {"product", "version", "package_sha256", "rules_sha256", "findings", "format"}
    assert set(json.loads(raw)) == always | {"advisories_sha256", "tried"}


TEXTS = st.text(max_size=20).map(shown)
FINDINGS = st.builds(Finding, TEXTS, st.sampled_from(Verdict), TEXTS, TEXTS, TEXTS, TEXTS, st.just(DIGEST))
REPORTS = st.builds(Report, TEXTS, TEXTS, st.just(DIGEST), st.just(DIGEST), st.lists(FINDINGS, max_size=4).map(tuple))


@given(REPORTS)
def test_a_report_survives_its_text(report: Report) -> None:
    """Read and written again it is the same bytes."""
    assert Report.from_bytes(report.to_bytes()) == report


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff"])
def test_what_is_no_report_is_refused(raw: bytes) -> None:
    """A text of something else."""
    with pytest.raises(BadReport):
        Report.from_bytes(raw)


def test_a_report_has_one_text_only() -> None:
    """Blanks, another format, a field more: none of them is a report."""
    raw = report_of(tiny()).to_bytes()
    for other in (
        raw + b"\n",
        raw.replace(b'"format":1', b'"format":2'),
        raw.replace(b'"format":1', b'"format":1,"more":1'),
    ):
        with pytest.raises(BadReport):
            Report.from_bytes(other)


@given(st.text(st.characters()))
def test_what_is_shown_is_one_line_that_can_be_written(text: str) -> None:
    """No control or direction character, no half of a character, and not without end."""
    line = shown(text)
    assert len(line) <= 400
    assert line.encode().decode() == line
    assert "\n" not in line
    assert "\u202e" not in line


def test_progress_is_told() -> None:
    """Whoever waits hears each rule."""
    heard: list[str] = []
    assess(tiny(), absent(), heard.append)
    assert heard[1:] == [one.title for one in RULES]


def test_a_report_stays_readable_and_what_is_left_out_is_no_pass() -> None:
    """A maker's file can be wrong in a hundred thousand places: the worst are told, and that there are more is a failure."""
    many = [passed(f"a-{at}", "well", DIGEST) for at in range(3000)]
    left = not_assessed("z", "a word", "nobody can tell", "look", DIGEST)
    found = assess(tiny(), absent(), rules=(rule(*many, left),)).findings
    assert len(found) == 2001
    assert [one.place for one in found if one.verdict is not Verdict.passed] == ["package", "z"]
    assert [one.got for one in found if one.verdict is Verdict.failed] == ["3001"]


def test_a_rule_that_hangs_is_our_error_and_the_next_one_is_asked() -> None:
    """In the main thread and in another: the case goes on."""

    def hangs(_: Subject) -> Iterator[Found]:
        Event().wait()
        yield passed("a", "never", DIGEST)

    stuck = replace(rule(), id="stuck", check=hangs)
    well = replace(rule(passed("a", "fine", DIGEST)), id="well")
    answers: list[Report] = []

    def run() -> None:
        answers.append(assess(tiny(), absent(), rules=(stuck, well), limit_s=0.05))

    run()
    elsewhere = Thread(target=run)
    elsewhere.start()
    elsewhere.join()
    for report in answers:
        assert [(one.rule, one.verdict) for one in report.findings] == [
            ("stuck", Verdict.error),
            ("well", Verdict.passed),
        ]


def test_a_pattern_that_searches_without_end_is_ended() -> None:
    """No line of Python runs while it does."""

    def searches(_: Subject) -> Iterator[Found]:
        re.match(r"(a+)+$", "a" * 64 + "b")
        yield passed("a", "never", DIGEST)

    report = assess(tiny(), absent(), rules=(replace(rule(), check=searches),), limit_s=0.05)
    assert [one.verdict for one in report.findings] == [Verdict.error]


def test_what_was_measured_stands_beside_and_in_no_digest() -> None:
    """Two machines take other times and give one report."""
    one, other = (
        assess(tiny(), absent(), rules=(rule(replace(passed("a", "fine", DIGEST), measured=(("took", took),))),))
        for took in ("1 s", "2 s")
    )
    assert one.findings[0].measured == (("took", "1 s"),)
    assert one.to_bytes() == other.to_bytes()
    assert one.findings[0].evidence == other.findings[0].evidence
