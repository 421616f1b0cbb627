"""Criteria judged at a store: kept with whose word it is, refused where it cannot stand, and public once it is decided."""

import json
from hashlib import sha256

import pytest

from tabard.accreditation import BadReview, NotNow
from tabard.accreditation.claims import Evidence, EvidenceKind, Status, Waits
from tabard.ground.errors import NotFound
from tabard.store import MovedOn, NotTaken
from unit.store.world import START, World, digest

ONE = "asvs-5.0/1.2.1"
WHY = "I read every line of it myself."


def stands(world: World, case: str, one: str = ONE) -> tuple[Status, Waits]:
    found = next(standing for each, standing in world.store.standings(case) if each.id == one)
    return found.status, found.waits


def test_a_word_is_kept_and_told_with_who_gave_it(world: World) -> None:
    """In the case, in what happened, and in how the criterion stands."""
    case = world.seen()
    assert stands(world, case) == (Status.not_assessed, Waits.judgement)
    detail = world.store.judge(case, world.who("Bo Secure"), [ONE], Status.met, WHY)
    assert stands(world, case) == (Status.met, Waits.nothing)
    assert (detail.happened[-1].kind, detail.happened[-1].by) == ("judged", "Bo Secure")
    assert detail.happened[-1].words == f"{ONE}: met: {WHY}"


def test_a_word_that_cannot_stand_is_not_kept(world: World) -> None:
    """Of another role, of two lines, on a case that moved on."""
    case, bo = world.seen(), world.who("Bo Secure")
    with pytest.raises(BadReview, match="role"):
        world.store.judge(case, world.who("Ada Safe"), [ONE], Status.met, WHY)
    with pytest.raises(NotTaken):
        world.store.judge(case, bo, [ONE], Status.met, f"{WHY}\u202econdition")
    with pytest.raises(MovedOn):
        world.store.judge(case, bo, [ONE], Status.met, WHY, seen=1)
    assert world.store.case(case).case.judgements == ()


def test_nothing_is_drafted_before_its_criteria_are_judged(world: World) -> None:
    """The refusal says how many, which, and what to do."""
    with pytest.raises(NotNow, match="criteria that must be met") as refused:
        world.store.draft(world.seen(), world.who("Ada Safe"))
    assert "tabard accredit judge" in (refused.value.remedy or "")


def test_a_word_is_for_what_its_speaker_had_before_them(world: World) -> None:
    """Whoever says what they saw is told where it changed meanwhile, also in what no version of the case counts."""
    case, bo = world.seen(), world.who("Bo Secure")
    kept = world.store.judge(case, bo, [ONE], Status.met, WHY)
    saw = {one.criterion: one.basis for one in kept.case.judgements}
    item = Evidence("review-1", "b" * 64, EvidenceKind.document, "A review", "RZZ", START.date(), (ONE,))
    world.store.judge(case, bo, [ONE], Status.met, f"{WHY} Twice.", bases=saw)
    world.store.evidence.add(item, "St Elsewhere NHS Trust")
    with pytest.raises(MovedOn, match="changed since you looked"):
        world.store.judge(case, bo, [ONE], Status.met, WHY, seen=world.store.case(case).version, bases=saw)
    assert stands(world, case)[0] is Status.not_assessed


def test_new_evidence_for_a_criterion_asks_for_a_new_word(world: World) -> None:
    """What was put forward after it was judged nobody has seen."""
    case = world.seen()
    world.store.judge(case, world.who("Bo Secure"), [ONE], Status.met, WHY)
    item = Evidence("review-1", "b" * 64, EvidenceKind.document, "A review", "RZZ", START.date(), (ONE,))
    world.store.evidence.add(item, "St Elsewhere NHS Trust")
    assert stands(world, case) == (Status.not_assessed, Waits.judgement)


def test_what_was_judged_stands_for_the_next_version_too(world: World) -> None:
    """Where what its speaker had before them is the same; whose rules saw other bytes waits for a new word."""
    world.decided()
    world.store.release()
    second = world.submit(world.package("1.1.0", "A name"))
    world.store.check()
    case = world.store.case(second).case
    assert case.since is not None
    assert all("said of version 1.0.0" in one.reason for one in case.judgements)
    assert bool(case.judgements) == (set(case.since.roles) == set())


def test_how_criteria_stood_is_public_with_the_decision(world: World) -> None:
    """Byte for byte what it pins, and the same as attestations; of a draft nothing is told."""
    case = world.reviewed()
    statement = world.store.draft(case, world.who("Ada Safe")).case.statement
    assert statement is not None
    with pytest.raises(NotFound):
        world.store.documents.standings(digest(statement.payload))
    world.sign(case, "Ada Safe")
    world.sign(case, "Bo Secure")
    world.store.release()
    raw = world.store.documents.standings(digest(statement.payload))
    decision = world.store.case(case).decision
    assert decision is not None
    assert decision.criteria is not None
    assert sha256(raw).hexdigest() == decision.criteria.standings_sha256
    told = json.loads(raw)
    assert (told["met"], told["open_musts"], told["package_sha256"]) == (
        decision.criteria.met,
        0,
        decision.package_sha256,
    )
    attested = json.loads(world.store.documents.attestation(digest(statement.payload)))
    assert attested["specVersion"] == "1.6"
    with pytest.raises(NotFound):
        world.store.documents.standings("")
