"""What anybody sees of a decision, and what a maker sees of a submission."""

import json
import re
from hashlib import sha256
from html import unescape

import pytest

from tabard.decision import read_statement
from tabard.ground.dsse import Envelope
from unit.web_store.judged import Judged


def told(judged: Judged, path: str) -> str:
    """The words of a page, as anybody sees it."""
    judged.world.cookies.clear()
    answer = judged.world.get(path)
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(answer.text).split())


def test_the_log_is_shown_with_its_head(judged: Judged) -> None:
    """Every line, each leading to its decision; the head as the catalogue signs it."""
    text = told(judged, "/decisions")
    entries = judged.world.store.decisions()
    assert entries[-1].sha256 in text
    assert f"Each of the {len(entries)} lines was held against the one before just now." in text
    for word in ("Accredited, with conditions", "Refused", "Suspended", "It froze for a whole hour."):
        assert word in text, word


def test_a_decision_tells_evidence_frameworks_conditions_and_who_signed(judged: Judged) -> None:
    """All that was signed, in words and by digest, for anybody."""
    sha256 = judged.decision(judged.accredited)
    text = told(judged, f"/decisions/{sha256}")
    decision = judged.world.store.case(judged.accredited).decision
    assert decision is not None
    for one in (decision.report_sha256, decision.rules_sha256, decision.hazard_log_sha256, decision.package_sha256):
        assert one in text
    assert all(one.sha256 in text and one.version in text for one in decision.frameworks)
    for words in (
        "Mend the small print on screens.",
        "The maker",
        "Only on screens of staff.",
        "Dr Clinical</strong>, clinical safety",
    ):
        assert words in text, words
    assert f"/decisions/{sha256}" in told(judged, "/products/ward-board")


def test_what_became_of_a_decision_stands_on_its_page(judged: Judged) -> None:
    """A suspension with who and why; a refusal with its grounds."""
    suspended = told(judged, f"/decisions/{judged.decision(judged.suspended)}")
    assert "Now: Suspended" in suspended
    assert "It froze for a whole hour." in suspended
    assert "Two patients can be taken for one." in told(judged, f"/decisions/{judged.decision(judged.refused)}")


def test_the_report_prints_all_of_it(judged: Judged) -> None:
    """Criteria one by one, the matrix, the findings: on one page without a script."""
    text = told(judged, f"/decisions/{judged.decision(judged.accredited)}/report")
    for words in ("C1.2.5", "Where each hazard lies", "What the rules found", "What was signed, in words"):
        assert words in text, words
    assert "<script" not in text


def test_programs_read_the_report_and_the_very_statement(judged: Judged) -> None:
    """JSON with decision, evidence, standings and log; the envelope byte for byte as it was signed; attestations that name the package."""
    sha256 = judged.decision(judged.accredited)
    path, world = f"/decisions/{sha256}", judged.world
    report = json.loads(world.get(f"{path}/report.json").content)
    case = world.store.case(judged.accredited)
    assert case.decision is not None
    assert case.case.statement is not None
    assert report["statement_sha256"] == sha256
    assert report["decision"]["package_sha256"] == case.decision.package_sha256
    assert len(report["frameworks"]) == len(case.decision.frameworks)
    assert report["frameworks"][0]["judged"]["sections"]
    assert report["log"][0]["statement_sha256"] == sha256
    envelope = Envelope.from_bytes(world.get(f"{path}/statement.json").content)
    assert envelope == case.case.statement
    assert read_statement(envelope.payload) == case.decision
    told_so = json.loads(world.get(f"{path}/attestation.cdx.json").content)
    assert told_so["specVersion"] == "1.6"
    assert case.decision.package_sha256 in json.dumps(told_so["declarations"]["targets"])


def test_the_same_decision_gives_the_same_standings(judged: Judged) -> None:
    """They are worked out for the day of the decision, and say the same each time."""
    path = f"/decisions/{judged.decision(judged.accredited)}/attestation.cdx.json"
    assert judged.world.get(path).content == judged.world.get(path).content


@pytest.mark.parametrize("sha256", ["0" * 64, "x", "%22%3E", "..%2F..%2Fetc"])
@pytest.mark.parametrize("part", ["", "/report", "/report.json", "/statement.json", "/attestation.cdx.json"])
def test_there_is_no_other_decision(judged: Judged, sha256: str, part: str) -> None:
    """Another digest leads nowhere; what is not public is not found."""
    assert judged.world.get(f"/decisions/{sha256}{part}").status_code == 404


def test_a_draft_is_no_public_decision(judged: Judged) -> None:
    """Until all have signed and it is published, nobody finds it; not even one that was referred back."""
    assert judged.world.store.case(judged.referred_back).case.statement is None
    assert judged.referred_back not in told(judged, "/decisions")


def test_a_maker_reads_what_to_mend(judged: Judged) -> None:
    """What failed with its place, what was expected, what stands there and the remedy; and what happens next."""
    text = told(judged, judged.world.makers_page(judged.failing))
    found = judged.world.store.case(judged.failing).case.report
    assert found is not None
    assert f"What you must mend ({len(found.failing)})" in text
    for one in found.failing:
        assert all(words in text for words in (one.place, one.expected, one.got, one.remedy))
    assert "Mend each thing that failed." in text


def test_a_maker_reads_what_is_asked_and_how_to_answer(judged: Judged) -> None:
    """The question, what it is about, and the whole command."""
    text = told(judged, judged.world.makers_page(judged.referred_back))
    assert "Question 1, about pages-accessible" in text
    assert f"tabard accredit reply {judged.referred_back} --store {judged.world.store.settings.base_url}" in text
    assert "Answer each question with your own key." in text
    assert "Mend each thing" not in text


def test_a_maker_reads_conditions_and_the_right_of_review(judged: Judged) -> None:
    """Which conditions are theirs and until when; of a refusal the grounds, and until when others may review it."""
    text = told(judged, judged.world.makers_page(judged.accredited))
    assert "Mend the small print on screens." in text
    assert "tabard accredit plan" in text
    refused = told(judged, judged.world.makers_page(judged.refused))
    assert "Two patients can be taken for one." in refused
    assert "tabard accredit ask-review" in refused


def test_a_decision_counts_its_criteria_and_publishes_how_each_stood(judged: Judged) -> None:
    """As many of each as is signed; the document, for anybody, is the very one that the statement pins by its digest."""
    sha, world = judged.decision(judged.accredited), judged.world
    world.cookies.clear()
    statement = world.store.case(judged.accredited).case.statement
    assert statement is not None
    stood = read_statement(statement.payload).criteria
    assert stood is not None
    text = world.get(f"/decisions/{sha}").text
    for word, number in (
        ("Met", stood.met),
        ("Met, with conditions", stood.met_with_conditions),
        ("Not met", stood.not_met),
    ):
        assert re.search(rf">{word}</strong> {number}<", text), word
    assert "No criterion that must be met is open." in text
    assert f"/decisions/{sha}/standings.json" in text
    answer = world.get(f"/decisions/{sha}/standings.json")
    assert sha256(answer.content).hexdigest() == stood.standings_sha256
    assert answer.headers["content-type"] == "application/json"
    attested = world.get(f"/decisions/{sha}/attestation.cdx.json")
    assert attested.json()["bomFormat"] == "CycloneDX"
    assert world.get(f"/decisions/{'0' * 64}/standings.json").status_code == 404
