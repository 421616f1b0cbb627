"""A decision says how its criteria stood: counted, pinned, and none that must be met left open; older ones do not tell."""

from dataclasses import replace

import msgspec
import pytest

from tabard.decision import BadDecision, CriteriaStood, Outcome, plain_words, read_statement, statement
from tabard.decision.statement import EXTENSION
from unit.decision.people import a_decision

STOOD = CriteriaStood(181, 20, 3, 25, 1, open_musts=0, standings_sha256="5" * 64)


def test_it_is_told_counted_and_read_again() -> None:
    """In words, and with the digest of what tells each."""
    told = replace(a_decision(), criteria=STOOD)
    assert read_statement(statement(told, "urn:x").payload) == told
    words = plain_words(told, {})
    assert (
        "Of 230 criteria that are asked of it 181 are met, 20 are met on condition, 3 are not met, 25 do not apply, "
        "1 were not assessed; none that must be met is open." in words
    )
    assert any("5" * 64 in line for line in words)


def test_an_older_decision_keeps_its_bytes() -> None:
    """What it does not tell is not written into it, and is said to be missing."""
    told = a_decision()
    payload = statement(told, "urn:x").payload
    assert "criteria" not in msgspec.json.decode(payload)["predicate"][EXTENSION]
    assert read_statement(payload).criteria is None
    assert "How its criteria stood is not told in this decision." in plain_words(told, {})


def test_nothing_is_accredited_that_leaves_a_must_open() -> None:
    """A refusal may."""
    open_ = replace(STOOD, open_musts=1)
    with pytest.raises(BadDecision, match="not sound"):
        replace(a_decision(), criteria=open_)
    refused = replace(
        a_decision(), conditions=(), outcome=Outcome.refused, grounds=("It shows another's name.",), criteria=open_
    )
    assert "1 that must be met are open" in " ".join(plain_words(refused, {}))


def test_the_digest_is_one() -> None:
    """64 hexadecimal digits."""
    with pytest.raises(BadDecision, match="not sound"):
        replace(a_decision(), criteria=replace(STOOD, standings_sha256="5"))
