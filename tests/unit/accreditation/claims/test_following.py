"""What is put in the place of evidence answers for it; what ends is told in time; a criterion's name is guessed kindly."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tabard.accreditation.claims import (
    BadEvidence,
    BadLedger,
    Claim,
    Claims,
    Evidence,
    EvidenceKind,
    Known,
    Ledger,
    Ref,
    State,
    Status,
    add,
    ending,
    fallen,
    near_criteria,
    plain_entry,
    standing,
    standing_of,
    supersede,
    unproven,
    withdraw,
)
from tabard.accreditation.frameworks import criterion
from unit.accreditation.claims.test_evidence import MADE, TEST, TOOLKIT

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
TODAY = date(2026, 4, 10)
LATER = date(2026, 12, 1)
OLD, NEW, LATEST = (
    replace(TOOLKIT, id=f"dspt-{at}", sha256=letter * 64, says=(("status", "Standards met"), ("year", year)))
    for at, letter, year in ((1, "a", "2024-25"), (2, "b", "2025-26"), (3, "c", "2026-27"))
)
FIRST = add(Ledger(), OLD, by="Pat", at=NOW)
THEN = supersede(FIRST, [OLD.id], NEW, by="Pat", at=NOW)
LAST = supersede(THEN, [NEW.id], LATEST, by="Pat", at=NOW)
C21 = "dtac-2.0/C2.1"
CLAIMED = Claims((Claim(C21, State.done, evidence=(Ref(OLD.sha256),)),))


def items(ledger: Ledger, on: date = TODAY) -> tuple[Evidence, ...]:
    return standing(ledger, on, organisation="RZZ", product="ward-board")


def test_what_stands_tells_all_in_whose_place_it_does() -> None:
    """As far back as that goes; and no line of the ledger holds it."""
    assert [one.follows for one in items(THEN)] == [(OLD.sha256,)]
    assert [one.follows for one in items(LAST, LATER)] == [(NEW.sha256, OLD.sha256)]
    assert all("follows" not in (plain_entry(one)["evidence"] or {}) for one in LAST.entries)


@pytest.mark.parametrize(("ledger", "on"), [(FIRST, TODAY), (THEN, TODAY), (LAST, LATER)])
def test_a_claim_is_shown_by_what_stands_in_the_place_of_what_it_names(ledger: Ledger, on: date) -> None:
    """Through any number of replacements."""
    assert unproven(CLAIMED, items(ledger, on), on) == ()


def test_a_claim_of_what_was_withdrawn_is_not_shown() -> None:
    """Nor of what was replaced and then withdrawn."""
    for ledger, id_ in ((FIRST, OLD.id), (LAST, LATEST.id)):
        gone = withdraw(ledger, id_, "It was another's.", by="Pat", at=NOW)
        ((named, ref, why),) = unproven(CLAIMED, items(gone), TODAY)
        assert (named, ref.sha256, "not among what stands" in why) == (C21, OLD.sha256, True)


def test_a_criterion_rests_on_what_stands_today() -> None:
    """Its standing names the new document and not the one that its claim named; without any, the one that it named."""
    asked = criterion(C21)
    found = standing_of(asked, Known(claims=CLAIMED, evidence=items(THEN)), TODAY, rules=())
    assert (found.status, found.evidence) == (Status.not_assessed, (NEW.sha256,))
    found = standing_of(asked, Known(claims=CLAIMED, evidence=()), TODAY, rules=())
    assert (found.status, found.evidence) == (Status.not_met, (OLD.sha256,))


def test_what_takes_the_place_must_serve_the_criterion_too() -> None:
    """A newer document that is not put forward for it shows nothing."""
    elsewhere = supersede(FIRST, [OLD.id], replace(NEW, serves=("dtac-2.0/C3.1",)), by="Pat", at=NOW)
    assert "not put forward" in unproven(CLAIMED, items(elsewhere), TODAY)[0][2]


@pytest.mark.parametrize(
    "other",
    [
        replace(NEW, kind=EvidenceKind.document, says=()),
        replace(TEST, id="pen", sha256="d" * 64),
    ],
)
def test_evidence_is_superseded_by_its_kind_alone(other: Evidence) -> None:
    """A letter in the place of a test would say nothing of what a test must."""
    with pytest.raises(BadLedger, match="same kind"):
        supersede(FIRST, [OLD.id], other, by="Pat", at=NOW)


def test_evidence_of_the_organisation_is_not_superseded_by_one_product_s() -> None:
    """The others that rest on it would be left with nothing."""
    ledger = add(Ledger(), TEST, by="Pat", at=NOW)
    with pytest.raises(BadLedger, match="same product"):
        supersede(ledger, [TEST.id], replace(TEST, id="own", for_product="ward-board"), by="Pat", at=NOW)


@given(
    st.sampled_from([TEST, TOOLKIT, replace(TEST, kind=EvidenceKind.document, says=(), expires=date(2026, 9, 1))]),
    st.dates(date(2025, 1, 1), MADE),
    st.sampled_from(["2024-25", "2025-26"]),
)
def test_the_day_on_which_it_ends_is_the_first_on_which_it_does_not_stand(
    item: Evidence, made: date, year: str
) -> None:
    """Whatever its kind: one day before it stands."""
    says = tuple((name, year if name == "year" else value) for name, value in item.says)
    one = replace(item, made=made, says=says)
    assert one.ends is not None
    assert one.why_not(one.ends) is not None
    if one.ends - timedelta(days=1) >= date(int(year[:4]), 7, 1):
        assert one.why_not(one.ends - timedelta(days=1)) is None


def test_what_ends_soon_or_has_ended_is_told_with_what_it_served() -> None:
    """From thirty days before; and no more once another stands in its place beyond that time."""
    ends = OLD.ends
    assert ends == date(2026, 7, 1)

    def told(ledger: Ledger, on: date) -> list[tuple[date, str, tuple[str, ...]]]:
        found = ending(ledger, "ward-board", [OLD.sha256], on)
        return [(one.ends, one.why, one.criteria) for one in found]

    assert told(FIRST, ends - timedelta(days=31)) == []
    assert told(FIRST, ends - timedelta(days=30)) == [(ends, "it ends on 2026-07-01", (C21,))]
    assert told(FIRST, ends)[0][1].startswith("it is of 2024-25")
    assert told(THEN, ends - timedelta(days=30)) == []
    assert told(THEN, date(2027, 6, 10))[0][1] == "it was replaced by dspt-2"
    assert told(LAST, date(2027, 6, 10)) == []


def test_what_was_withdrawn_is_told_with_the_reason() -> None:
    """Whoever keeps an eye on it sees why."""
    gone = withdraw(FIRST, OLD.id, "It was another's.", by="Pat", at=NOW)
    (one,) = ending(gone, "ward-board", [OLD.sha256], TODAY)
    assert (one.why, one.ends) == ("it was withdrawn: It was another's.", NOW.date())
    assert ending(gone, "ward-board", ["e" * 64], TODAY) == ()


def test_what_has_fallen_is_known_by_its_digest() -> None:
    """Ended, superseded, withdrawn; not what stands under another id, nor what the ledger never knew."""
    digests = [OLD.sha256, NEW.sha256, "e" * 64]
    assert fallen(THEN, digests, TODAY) == (OLD.sha256,)
    assert fallen(THEN, digests, date(2027, 7, 1)) == (OLD.sha256, NEW.sha256)
    again = add(THEN, replace(OLD, id="again"), by="Pat", at=NOW)
    assert fallen(again, digests, TODAY) == ()


@pytest.mark.parametrize(
    ("told", "near"),
    [
        ("C2.1", "dtac-2.0/C2.1"),
        ("dtac-2.0/c2.1", "dtac-2.0/C2.1"),
        ("dtac-1.0/C3.3", "dtac-2.0/C3.3"),
        ("dtac/C3.1", "dtac-2.0/C3.1"),
    ],
)
def test_a_criterion_s_name_is_guessed(told: str, near: str) -> None:
    """By its number in another framework, or by its letters."""
    assert near in near_criteria(told)


def test_nothing_is_guessed_from_nothing() -> None:
    """Words that are like none give none, and few are told at the most."""
    assert near_criteria("breakfast") == ()
    assert near_criteria("x" * 100_000) == ()
    assert len(near_criteria("dtac-2.0/C")) <= 4


@pytest.mark.parametrize(
    "changed",
    [
        {"says": (*TEST.says, ("Bad Name", "x"))},
        {"says": (*TEST.says, ("empty", ""))},
        {"says": (*TEST.says, ("long", "x" * 501))},
        {"says": (*TEST.says, ("tester", "Others again"))},
        {"says": (*TEST.says, *((f"n{at}", "x") for at in range(20)))},
    ],
)
def test_what_an_item_says_is_bounded(changed: dict[str, Any]) -> None:
    """Each name once, few of them, none of them a book."""
    with pytest.raises(BadEvidence):
        replace(TEST, **changed)
