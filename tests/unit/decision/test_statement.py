"""A decision and its statement say the same, in the standard's words and in plain ones."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tabard.decision import (
    BadDecision,
    Condition,
    Decision,
    FirstOfType,
    FrameworkUsed,
    Outcome,
    Owner,
    Reviewed,
    Reviewer,
    Role,
    Scope,
    plain_words,
    read_statement,
    statement,
)
from tabard.ground.canonical import canonical
from tabard.ground.dsse import IN_TOTO
from tabard.ground.errors import CallerError
from tabard.ground.keys import PublicKey, new_signing_key
from unit.decision.people import NOW, PACKAGE, SAFETY, VERIFIER, a_decision, reviewers

KEYS = [new_signing_key().public.pem for _ in range(3)]
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
NAMES = TEXTS.filter(bool)
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=1)), timezone(timedelta(hours=-3, minutes=-30))])
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=ZONES)  # noqa: DTZ001  the zones are drawn
REVIEWS = st.builds(Reviewed, *[TEXTS] * 5, st.sampled_from(Role))
REVIEWERS = st.builds(Reviewer, NAMES, TEXTS, TEXTS, TEXTS, TEXTS)
CONDITIONS = st.lists(
    st.builds(Condition, NAMES, NAMES, st.sampled_from(Owner), st.dates()),
    min_size=1,
    max_size=3,
    unique_by=lambda one: one.id,
).map(tuple)
LISTS = st.lists(TEXTS, max_size=3).map(tuple)


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    """Any sound decision."""
    begins, outcome, conditions = draw(MOMENTS), draw(st.sampled_from(Outcome)), draw(CONDITIONS)
    return Decision(
        id=draw(NAMES),
        product=draw(NAMES),
        version=draw(NAMES),
        title=draw(TEXTS),
        publisher=draw(NAMES),
        publisher_keys=tuple(draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=3))),
        package_sha256=draw(DIGESTS),
        package_size=draw(st.integers(1, 2**40)),
        release_sha256=draw(DIGESTS),
        report_sha256=draw(DIGESTS),
        rules_sha256=draw(DIGESTS),
        hazard_log_sha256=draw(DIGESTS),
        scope=Scope(draw(TEXTS), draw(LISTS), draw(LISTS), draw(LISTS)),
        conditions=conditions if outcome in (Outcome.with_conditions, Outcome.first_of_type) else (),
        reviewed=tuple(draw(st.lists(REVIEWS, max_size=2))),
        decided=draw(MOMENTS),
        valid_from=begins,
        valid_until=begins + draw(st.timedeltas(timedelta(microseconds=1), timedelta(days=4000))),
        product_class=draw(st.integers(0, 3)),
        outcome=outcome,
        first_of_type=FirstOfType(("RZZ",), ("Ten weeks without harm.",)) if outcome is Outcome.first_of_type else None,
        grounds=("Two patients can be taken for one.",) if outcome is Outcome.refused else (),
        reviewers=draw(st.lists(REVIEWERS, max_size=2, unique_by=lambda one: one.id).map(tuple)),
        frameworks=tuple(draw(st.lists(st.builds(FrameworkUsed, NAMES, NAMES, DIGESTS), max_size=2))),
        evidence=tuple(draw(st.lists(DIGESTS, max_size=2))),
        tabard_versions=draw(LISTS),
        dialects=draw(LISTS),
    )


@given(decisions())
def test_a_decision_survives_writing(decision: Decision) -> None:
    """What is read from a statement is what was written into it, and its text is always the same."""
    envelope = statement(decision, VERIFIER)
    assert read_statement(envelope.payload) == decision
    assert statement(read_statement(envelope.payload), VERIFIER) == envelope


def test_it_is_a_verification_summary() -> None:
    """Others' tools read it too: the standard's fields hold what the standard says."""
    envelope = statement(a_decision(), VERIFIER)
    told = json.loads(envelope.payload)
    assert (envelope.payload_type, envelope.signatures) == (IN_TOTO, ())
    assert canonical(told) == envelope.payload
    assert told["_type"] == "https://in-toto.io/Statement/v1"
    assert told["predicateType"] == "https://slsa.dev/verification_summary/v1"
    assert told["subject"] == [{"name": "ward-board-1.0.0.tabard", "digest": {"sha256": PACKAGE}}]
    predicate = told["predicate"]
    assert predicate["verifier"] == {"id": VERIFIER}
    assert predicate["timeVerified"] == "2026-03-02T08:00:00Z"
    assert predicate["resourceUri"] == "urn:tabard:product:ward-board:1.0.0"
    assert predicate["policy"] == {"uri": "urn:tabard:rules", "digest": {"sha256": "03" * 32}}
    assert [one["digest"]["sha256"] for one in predicate["inputAttestations"]] == ["01" * 32, "02" * 32, "04" * 32]
    assert predicate["verificationResult"] == "PASSED"
    assert predicate["urn:tabard:accreditation:v2"]["conditions"] == [
        {"id": "c1", "text": "Not for children's wards.", "owner": "site", "due": None}
    ]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("package_sha256", "AB" * 32),
        ("hazard_log_sha256", ""),
        ("product", ""),
        ("publisher_keys", ()),
        ("package_size", 0),
        ("decided", NOW.replace(tzinfo=None)),
        ("valid_until", NOW - timedelta(hours=1)),
    ],
)
def test_a_decision_that_is_not_sound_is_not_made(field: str, wrong: object) -> None:
    """A digest that is none, no key of the publisher, an end before the beginning: told with the field's name."""
    with pytest.raises(BadDecision) as caught:
        a_decision(**{field: wrong})
    assert caught.value.where == field


FIRST = FirstOfType(("RZZ",), ("Ten weeks without harm.",))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("product_class", {"product_class": 4}),
        ("conditions", {"outcome": Outcome.accredited}),
        ("conditions", {"conditions": ()}),
        ("conditions", {"conditions": (Condition("c1", "One."), Condition("c1", "Two."))}),
        ("conditions", {"conditions": (Condition("", "No id."),)}),
        ("conditions", {"conditions": (Condition("c1", "The maker's, at any time.", Owner.maker),)}),
        ("grounds", {"outcome": Outcome.refused, "conditions": ()}),
        ("grounds", {"grounds": ("It is refused, or is it?",)}),
        ("first_of_type", {"first_of_type": FIRST}),
        ("first_of_type", {"outcome": Outcome.first_of_type}),
        ("first_of_type", {"outcome": Outcome.first_of_type, "first_of_type": replace(FIRST, sites=())}),
        ("first_of_type", {"outcome": Outcome.first_of_type, "first_of_type": replace(FIRST, sites=("R",) * 11)}),
        ("first_of_type", {"outcome": Outcome.first_of_type, "first_of_type": replace(FIRST, exit_criteria=())}),
        ("reviewers", {"reviewers": reviewers("Ann", "Ann")}),
        ("evidence", {"evidence": ("12",)}),
        ("evidence", {"frameworks": (FrameworkUsed("dtac", "2.0", ""),)}),
    ],
)
def test_an_outcome_has_what_belongs_to_it(field: str, wrong: dict[str, Any]) -> None:
    """Conditions only under conditions, grounds only of a refusal, sites only first of type, a date for the maker's tasks."""
    with pytest.raises(BadDecision) as caught:
        a_decision(**wrong)
    assert caught.value.where == field


def test_plain_words_say_each_outcome() -> None:
    """A refusal's grounds, a first site's limits, who reviewed, by which frameworks: nothing that is signed is left out."""
    refusal = a_decision(
        outcome=Outcome.refused, conditions=(), grounds=("It shows the wrong bed.",), supersedes="2025-7"
    )
    said = "\n".join(plain_words(refusal, {}))
    assert "It is refused" in said
    assert "Ground of the refusal 1: It shows the wrong bed." in said
    assert "takes the place of the decision 2025-7" in said
    due = date(2026, 9, 1)
    first = a_decision(
        outcome=Outcome.first_of_type,
        first_of_type=FIRST,
        conditions=(Condition("c1", "Mend the contrast.", Owner.maker, due),),
        frameworks=(FrameworkUsed("dtac", "2.0", "05" * 32),),
        evidence=("06" * 32,),
        tabard_versions=("0.1",),
        dialects=("lorenzo", "millennium"),
        product_class=3,
        reviewers=(Reviewer("ann", "Ann", "security", "X26", "My brother works there."),),
    )
    page = "\n".join(plain_words(first, {}))
    for one in (
        "for these sites only: RZZ;",
        "1: Ten weeks without harm.",
        "Mend the contrast. (the maker's to do) (by 2026-09-01)",
        f"dtac 2.0, SHA-256 {'05' * 32}",
        "06" * 32,
        "Tabard 0.1",
        "lorenzo, millennium",
        "class 3",
        "one interoperability reviewer, four persons",
        "Ann of X26, security reviewer, conflict of interest: My brother works there.",
    ):
        assert one in page, one


def test_a_publisher_s_key_is_a_key() -> None:
    """What is no public key cannot be decided on."""
    with pytest.raises(CallerError):
        a_decision(publisher_keys=("no key",))


def test_plain_words_say_all_of_it() -> None:
    """The page that is signed leaves nothing out: product, bytes, scope, conditions, reviews, dates, evidence."""
    review = Reviewed("pages-accessible", "pass", "index.html", "Read with a screen reader.", "Ann Okafor", SAFETY)
    decision = a_decision(reviewed=(review,), valid_until=datetime(2027, 3, 2, tzinfo=timezone(timedelta(hours=1))))
    page = "\n".join(plain_words(decision, {"system/Patient.rs": "Reads who everybody is."}))
    said = (
        "Ward board, version 1.0.0 (ward-board), published by RZY.",
        f"4,096 bytes with SHA-256 {PACKAGE}",
        "Shows who is in which bed.",
        "It may touch 1: Reads who everybody is. (system/Patient.rs)",
        "adult inpatients",
        "It is accredited, under conditions.",
        "Condition 1: Not for children's wards.",
        "pages-accessible at index.html: pass, by Ann Okafor (clinical safety reviewer): Read with a screen reader.",
        "until 1 March 2027, 23:00 UTC",
        *(digit * 32 for digit in ("01", "02", "03", "04")),
        PublicKey.from_pem(decision.publisher_keys[0]).keyid,
    )
    assert [one for one in said if one not in page] == []


def test_plain_words_say_what_is_not_there() -> None:
    """No condition, no scope and no review are said, not left blank."""
    page = "\n".join(
        plain_words(a_decision(conditions=(), outcome=Outcome.accredited, scope=Scope("Nothing yet.", (), ())), {})
    )
    for said in (
        "There are no conditions.",
        "It may touch nothing.",
        "no context",
        "A machine assessed every rule.",
    ):
        assert said in page
