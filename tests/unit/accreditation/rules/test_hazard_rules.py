"""Rules of the hazard log: ratings, risks, controls, kinds and ids; each fault fails the rule that is about it, and no other."""

import pytest

from tabard.accreditation import CouldNot, Subject, Verdict
from tabard.accreditation.rules import hazard_kinds_told
from tabard.accreditation.safety.sealing import configuration
from tabard.product import Package
from unit.accreditation.safe import case_text, fails, found_of, not_assessed, papers_of
from unit.accreditation.tiny import HAZARDS, failing, tiny

RESIDUAL = 'severity = "major", likelihood = "very low", rating = 2'
INITIAL = 'severity = "major", likelihood = "medium", rating = 3'
REASON = """
[hazard.acceptance]
by = "Dr Ada Pretend"
role = "clinical safety officer"
reason = "The feed is the hospital's and cannot be made surer."
at = 2026-01-01
"""
FOLLOW = {"hazard-risk-borne", "hazard-kinds-told", "safety-case-whole"}
"""Rules that a fault may fail beside its own: a rating of 4 may not remain either, nor be left untold in the safety case."""
SECOND = """
[[hazard]]
id = "H1"
title = "Another"
causes = ["c"]
effect = "e"
harm = "h"
care_setting = "wards"
initial = { severity = "minor", likelihood = "very low", rating = 1, rationale = "r" }
residual = { severity = "minor", likelihood = "very low", rating = 1, rationale = "r" }
status = "controlled"
"""


def with_log(log: str, **more: str | bytes) -> Package:
    return tiny({"hazards.toml": log, **more})


def spoilt(old: str, new: str) -> dict[str, list[str]]:
    assert old in HAZARDS
    return fails(with_log(HAZARDS.replace(old, new, 1)))


def test_the_tiny_product_passes_every_rule_of_clinical_safety() -> None:
    """What fails below fails for what was changed."""
    assert {verdict for _, verdict, _ in found_of(tiny())} == {Verdict.passed}
    assert failing(tiny()) == {}


@pytest.mark.parametrize(
    ("old", "new", "rule", "place"),
    [
        (RESIDUAL, RESIDUAL.replace("rating = 2", "rating = 1"), "hazard-ratings-match", "H1 residual.rating"),
        (INITIAL, INITIAL.replace("rating = 3", "rating = 4"), "hazard-ratings-match", "H1 initial.rating"),
        (INITIAL, 'severity = "minor", likelihood = "low", rating = 1', "hazard-risk-lowered", "H1 residual"),
        (RESIDUAL, 'severity = "catastrophic", likelihood = "low", rating = 4', "hazard-risk-lowered", "H1 residual"),
        (RESIDUAL, INITIAL, "hazard-risk-borne", "H1 acceptance"),
        ('implemented = ["app.js", "index.html"]\n', "", "hazard-controls-shown", "H1 H1.1.implemented"),
        ('effective = ["app.js"]\n', "", "hazard-controls-shown", "H1 H1.1.effective"),
        ('effective = ["app.js"]', 'effective = ["gone.js"]', "hazard-controls-shown", "H1 H1.1.effective"),
        ('implemented = ["app.js", ', 'implemented = ["gone/", ', "hazard-controls-shown", "H1 H1.1.implemented"),
        ('["app.js"]', '["safety/tested.json#test_it"]', "hazard-controls-shown", "H1 H1.1.effective"),
        ('["app.js"]', '["sha256:' + "a" * 64 + '"]', "hazard-controls-shown", "H1 H1.1.effective"),
        ('"unavailable", "wrong-patient"]', '"unavailable"]', "hazard-kinds-told", "wrong-patient Tiny"),
        ('"The list is one page and is never cut short."', '"never"', "hazard-kinds-told", "missing Tiny"),
        ('types = ["stale", ', 'types = ["stale", "missing", ', "hazard-kinds-told", "missing Tiny"),
        ('status = "controlled"', 'status = "controlled"\ncovers = ["Other"]', "hazard-kinds-told", "H1 covers"),
        ('id = "H1.2"', 'id = "H1.1"', "hazard-ids-kept", "H1.1"),
        (
            'effective = ["app.js"]',
            'effective = ["app.js"]\nintroduces = ["H9"]',
            "hazard-references-whole",
            "H1 H1.1.introduces",
        ),
        ('status = "controlled"', 'status = "transferred"', "hazard-references-whole", "H1 transferred_to"),
    ],
)
def test_a_fault_of_the_log_fails_the_rule_that_is_about_it(old: str, new: str, rule: str, place: str) -> None:
    """At its hazard and key."""
    told = spoilt(old, new)
    assert f"hazards.toml {place}" in told[rule]
    assert told.keys() - {rule} <= FOLLOW


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (RESIDUAL, RESIDUAL.replace("rating = 2", "rating = 1"), "hazard-ratings-match"),
        (INITIAL, 'severity = "minor", likelihood = "low", rating = 1', "hazard-risk-lowered"),
        (RESIDUAL, INITIAL, "hazard-risk-borne"),
        ('effective = ["app.js"]\n', "", "hazard-controls-shown"),
        ('"unavailable", "wrong-patient"]', '"unavailable"]', "hazard-kinds-told"),
        ('id = "H1.2"', 'id = "H1.1"', "hazard-ids-kept"),
        ('effective = ["app.js"]', 'effective = ["app.js"]\nintroduces = ["H9"]', "hazard-references-whole"),
    ],
)
def test_each_rule_has_a_product_that_fails_for_it_alone(old: str, new: str, rule: str) -> None:
    """One fault, one rule; all others, of whatever family, pass."""
    case = case_text_with_remaining() if rule == "hazard-risk-borne" else None
    package = papers_of(tiny({"hazards.toml": HAZARDS.replace(old, new, 1)}), case)
    assert failing(package).keys() == {rule}


def case_text_with_remaining() -> str:
    package = tiny()
    told = case_text(package.manifest, package.files)
    return told + '\n[[remaining]]\nhazard = "H1"\nwords = "It is said above the list."\n'


def test_a_remaining_rating_of_three_stands_with_a_reason() -> None:
    """Undesirable, only where it cannot be reduced further: somebody bears it and says why."""
    log = HAZARDS.replace(RESIDUAL, INITIAL).replace("[[hazard.control]]", f"{REASON}[[hazard.control]]", 1)
    package = papers_of(with_log(log), case_text_with_remaining())
    assert fails(package) == {}


@pytest.mark.parametrize(
    ("severity", "likelihood", "rating"),
    [("major", "high", 4), ("major", "very high", 5), ("catastrophic", "medium", 4), ("significant", "very high", 4)],
)
def test_a_rating_of_four_or_five_never_remains(severity: str, likelihood: str, rating: int) -> None:
    """No reason lets it stand."""
    risk = f'severity = "{severity}", likelihood = "{likelihood}", rating = {rating}'
    log = HAZARDS.replace(INITIAL, risk).replace(RESIDUAL, risk)
    log = log.replace("[[hazard.control]]", f"{REASON}[[hazard.control]]", 1)
    assert fails(papers_of(with_log(log), case_text_with_remaining())) == {
        "hazard-risk-borne": ["hazards.toml H1 residual"]
    }


def test_a_risk_falls_by_a_control_only() -> None:
    """A lower rating with nothing that lowers it is a wish."""
    bare = HAZARDS.partition("[[hazard.control]]")[0]
    assert fails(with_log(bare)) == {"hazard-risk-lowered": ["hazards.toml H1 control"]}


def test_two_hazards_never_share_an_id() -> None:
    """Incidents and decisions point at it for years."""
    assert fails(with_log(HAZARDS + SECOND)) == {"hazard-ids-kept": ["hazards.toml H1"]}


@pytest.mark.parametrize(
    ("result", "of", "wrong"),
    [("passed", "", False), ("failed", "", True), ("skipped", "", True), ("passed", "0" * 64, True)],
)
def test_a_test_shows_a_control_where_it_passed_on_this_very_configuration(result: str, of: str, wrong: bool) -> None:  # noqa: FBT001  a table's column
    """One that failed, was skipped, or was run on another configuration shows nothing."""
    log = HAZARDS.replace('effective = ["app.js"]', 'effective = ["safety/tested.json#test_it"]')
    digest = of or configuration(tiny().manifest, tiny().files)
    tested = (
        f'{{"configuration_sha256":"{digest}","made":"2026-01-01","tests":[{{"name":"test_it","result":"{result}"}}]}}'
    )
    told = failing(with_log(log, **{"safety/tested.json": tested}))
    assert told == ({"hazard-controls-shown": ["fail hazards.toml H1 H1.1.effective"]} if wrong else {})


@pytest.mark.parametrize("result", ["passed", "failed"])
def test_evidence_kept_elsewhere_counts_where_the_safety_case_lists_it(result: str) -> None:
    """With its digest, how it came out, and of which configuration it is."""
    log = HAZARDS.replace('effective = ["app.js"]', f'effective = ["sha256:{"ab" * 32}"]')
    package = with_log(log)
    digest = configuration(package.manifest, package.files)
    case = case_text(package.manifest, package.files) + (
        f'\n[[evidence]]\nsha256 = "{"ab" * 32}"\ntitle = "A report"\nresult = "{result}"\nconfiguration_sha256 = "{digest}"\n'
    )
    assert (failing(papers_of(package, case)) == {}) == (result == "passed")


WRITES = {'"launch", "user/Encounter.rs"': '"launch", "user/Encounter.rs", "user/Encounter.u"'}


def test_a_write_is_spoken_of_by_its_name_alone() -> None:
    """A hazard of what is shown says nothing of what is written; one that covers the scope does."""
    kinds = {f"hazards.toml {kind} user/Encounter.u" for kind in ("wrong-patient", "stale", "missing", "unavailable")}
    told = fails(
        tiny({"hazards.toml": HAZARDS.replace('type = "missing"', 'type = "missing"\ncovers = ["Tiny"]')}, WRITES)
    )
    assert told.keys() == {"hazard-kinds-told"}
    assert set(told["hazard-kinds-told"]) == kinds
    both = '"unavailable", "wrong-patient"]\ncovers = ["Tiny", "user/Encounter.u"]'
    log = HAZARDS.replace('"unavailable", "wrong-patient"]', both).replace(
        'type = "missing"', 'type = "missing"\ncovers = ["Tiny"]'
    )
    why = '\n[[not_applicable]]\ntype = "missing"\ncovers = ["user/Encounter.u"]\nreason = "What is written is one thing, whole."\n'
    assert fails(tiny({"hazards.toml": log + why}, WRITES)) == {}


def test_a_closed_hazard_speaks_for_nothing() -> None:
    """What is closed is no hazard of a kind that is owed."""
    log = HAZARDS.replace(
        'status = "controlled"', 'status = "closed"\nhistory = [{ at = 2026-01-01, by = "x", words = "gone" }]'
    )
    assert set(fails(with_log(log))) == {"hazard-kinds-told"}


def test_a_product_that_shows_no_patient_owes_none_of_the_four() -> None:
    """A calculator has no stale list."""
    plain = {'context = "ward"': 'context = "none"', '"launch", "user/Encounter.rs"': ""}
    log = HAZARDS.replace('types = ["stale", "unavailable", "wrong-patient"]\n', "")
    assert fails(tiny({"hazards.toml": log}, plain)) == {}


OWN = """
[scheme]
id = "ours"
version = "1"
matrix = {matrix}
likelihood = [{levels}]
severity = [{levels}]
rating = [{ratings}]
"""


def own_scheme(matrix: str) -> str:
    levels = ", ".join(f'{{ code = "{word}", meaning = "m" }}' for word in ("a", "b", "c", "d", "e"))
    ratings = ", ".join('{ label = "l", acceptance = "x" }' for _ in range(5))
    log = HAZARDS.replace('severity = "major", likelihood = "medium"', 'severity = "d", likelihood = "c"')
    log = log.replace('severity = "major", likelihood = "very low"', 'severity = "d", likelihood = "a"')
    return log + OWN.format(matrix=matrix, levels=levels, ratings=ratings)


def test_a_scheme_of_ones_own_is_left_to_a_person_and_a_softer_one_fails() -> None:
    """DTAC prescribes none; but one that rates lower than the known one would let through what that stops."""
    known = "[[1, 1, 2, 2, 3], [1, 2, 2, 3, 4], [2, 2, 3, 3, 4], [2, 3, 3, 4, 5], [3, 4, 4, 5, 5]]"
    assert not_assessed(with_log(own_scheme(known))) == {"hazard-ratings-match": ["hazards.toml scheme"]}
    soft = known.replace("[1, 1, 2, 2, 3]", "[1, 1, 1, 2, 3]")
    assert set(fails(with_log(own_scheme(soft)))) == {"hazard-ratings-match"}
    falling = known.replace("[1, 2, 2, 3, 4]", "[1, 2, 2, 3, 2]")
    assert fails(with_log(own_scheme(falling)))["hazard-log-readable"][0] == "hazards.toml scheme.matrix"


def test_the_error_says_what_to_write() -> None:
    """A maker who has never heard of the four kinds can mend the log by what is told."""
    package = with_log(HAZARDS.replace('"stale", ', ""))
    (finding,) = hazard_kinds_told.check(Subject(package, CouldNot("", "")))
    assert 'types = ["stale"]' in finding.remedy
    assert 'type = "stale", covers = ["Tiny"]' in finding.remedy
