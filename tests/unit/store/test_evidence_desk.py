"""Makers hand in evidence: bytes and line together, bounded, never lost, never changed, and never one without the other for good."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tabard.accreditation import Terms
from tabard.accreditation.claims import BadLedger, Evidence, EvidenceKind
from tabard.ground.errors import InternalError, NotFound
from tabard.product import sign_release
from tabard.store import Maker, MovedOn, NotTaken, NotYours, Taken, evidence_desk
from unit.store.world import World

MINE = Maker("RZZ", "St Elsewhere NHS Trust", "a" * 64)
RAW = b"%PDF-1.7 the toolkit"


def item(raw: bytes = RAW, **changed: Any) -> Evidence:
    told = Evidence(
        id="dspt-1",
        sha256=sha256(raw).hexdigest(),
        kind=EvidenceKind.dspt,
        title="DSPT 2025-26",
        organisation="RZZ",
        made=date(2026, 1, 5),
        serves=("dtac-2.0/C2.1",),
        says=(("status", "Standards met"), ("year", "2025-26")),
    )
    return replace(told, **changed)


def letter(number: int, raw: bytes = RAW) -> Evidence:
    return item(raw, id=f"letter-{number}", kind=EvidenceKind.document, title=f"Letter {number}", says=())


def lines(world: World) -> int:
    return len(world.store.evidence.ledger("RZZ").entries)


def files(world: World) -> list[str]:
    return sorted(path.name for path in world.store.folder.evidence.iterdir())


def test_bytes_and_line_are_kept_in_one_act(world: World) -> None:
    """Its digest names the file; the line says who brought it, by which key; another process reads both."""
    taken = world.store.keep_evidence(MINE, item(), RAW)
    assert (taken.item, taken.is_new, taken.media.ending) == (item(), True, "pdf")
    assert files(world) == [item().sha256]
    again = world.opened_again()
    assert again.evidence_bytes(item().sha256) == RAW
    (entry,) = again.evidence.ledger("RZZ").entries
    assert entry.by == f"St Elsewhere NHS Trust, by key {'a' * 64}"
    assert taken.head == again.evidence.ledger("RZZ").head
    assert (world.store.folder.evidence / item().sha256).stat().st_mode & 0o777 == 0o600


def test_the_same_again_is_answered_as_before(world: World) -> None:
    """Whoever's answer was lost sends it again, and nothing is doubled; also what was put in another's place."""
    first = world.store.keep_evidence(MINE, item(), RAW)
    assert world.store.keep_evidence(MINE, item(), RAW) == first._replace(is_new=False)
    newer = item(b"%PDF-1.7 newer", id="dspt-2")
    second = world.store.keep_evidence(MINE, newer, b"%PDF-1.7 newer", ["dspt-1"])
    assert world.store.keep_evidence(MINE, newer, b"%PDF-1.7 newer", ["dspt-1"]) == second._replace(is_new=False)
    assert lines(world) == 2


def test_an_id_that_is_taken_is_told_or_another_found(world: World) -> None:
    """A maker who named it is told; a name of our own gives way, also for what comes back after it was withdrawn."""
    desk = world.store.desk
    desk.keep(MINE, item(), RAW)
    with pytest.raises(BadLedger, match="used once"):
        desk.keep(MINE, item(title="Another title"), RAW)
    assert desk.keep(MINE, item(title="Another title"), RAW, has_own_id=False).item.id == "dspt-1-2"
    desk.withdraw(MINE, "dspt-1", "It was another's.")
    assert desk.keep(MINE, item(), RAW, has_own_id=False).item.id == "dspt-1-3"


@pytest.mark.parametrize(
    ("given", "raw", "kind", "words"),
    [
        (item(), b"%PDF-1.7 other bytes", NotTaken, "not the bytes"),
        (item(b""), b"", NotTaken, "of this kind"),
        (item(b"MZ\x00"), b"MZ\x00", NotTaken, "of this kind"),
        (item(organisation="RYY"), RAW, NotYours, "its own evidence"),
        (item(title="Two\nlines"), RAW, NotTaken, "not on one line"),
        (item(title="Turned \u202e round"), RAW, NotTaken, "cannot stand"),
        (item(serves=("dtac-2.0/C9.9",)), RAW, NotTaken, "no such criterion"),
        (item(serves=("C2.1",)), RAW, NotTaken, "did you mean dtac-2.0/C2.1"),
    ],
)
def test_what_cannot_stand_is_refused_and_nothing_is_kept(
    world: World, given: Evidence, raw: bytes, kind: type[Exception], words: str
) -> None:
    """No line, and no byte on the disk."""
    with pytest.raises(kind, match=words):
        world.store.keep_evidence(MINE, given, raw)
    assert (lines(world), files(world)) == (0, [])


def test_an_item_too_large_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By one byte."""
    monkeypatch.setattr(evidence_desk, "LARGEST_EVIDENCE_BYTES", len(RAW) - 1)
    with pytest.raises(NotTaken, match="too large"):
        world.store.keep_evidence(MINE, item(), RAW)


def test_evidence_of_another_s_product_is_refused(world: World) -> None:
    """Who brought a product shows evidence of it; of one that nobody brought yet, whoever will."""
    world.submit(world.package())
    pen: dict[str, Any] = {"kind": EvidenceKind.penetration_test, "says": (("worst_cvss", "6.9"), ("tester", "Others"))}
    theirs = Maker("RYY", "Elsewhere Ltd", "b" * 64)
    with pytest.raises(NotYours, match="another organisation brought"):
        world.store.keep_evidence(theirs, item(organisation="RYY", for_product="tiny", **pen), RAW)
    world.store.keep_evidence(MINE, item(for_product="tiny", **pen), RAW)
    world.store.keep_evidence(theirs, item(organisation="RYY", for_product="not-yet", **pen), RAW)


def test_another_s_draft_is_neither_told_nor_in_the_way(world: World) -> None:
    """Whoever tries ids of products learns nothing of what others keep as drafts."""
    made = world.package()
    world.store.submit(made.raw, sign_release(made, world.begun.publisher).to_bytes(), is_draft=True)
    theirs = Maker("RYY", "Elsewhere Ltd", "b" * 64)
    letter_ = replace(letter(1), organisation="RYY", for_product="tiny")
    assert world.store.keep_evidence(theirs, letter_, RAW).is_new


def test_two_organisations_bring_the_same_bytes(world: World) -> None:
    """Each has them by its own line, and neither by the other's."""
    theirs, digest = Maker("RYY", "Elsewhere Ltd", "b" * 64), item().sha256
    world.store.keep_evidence(MINE, item(), RAW)
    with pytest.raises(NotFound):
        world.store.desk.media(digest, "RYY")
    world.store.keep_evidence(theirs, item(organisation="RYY"), RAW)
    assert world.store.desk.media(digest, "RYY").ending == "pdf"
    assert files(world) == [digest]


def test_a_thousand_items_stand_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is refused, before a byte of it is written; what replaces one, or comes after one was withdrawn, is taken."""
    assert (evidence_desk.MOST_STANDING, evidence_desk.MOST_LINES) == (1000, 3000)
    monkeypatch.setattr(evidence_desk, "MOST_STANDING", 3)
    desk = world.store.desk
    for at in range(3):
        desk.keep(MINE, letter(at), RAW)
    with pytest.raises(NotTaken, match="items that stand"):
        desk.keep(MINE, letter(3, b"fourth"), b"fourth")
    assert len(files(world)) == 1
    desk.keep(MINE, letter(4), RAW, ["letter-0"])
    desk.withdraw(MINE, "letter-1", "Wrong one.")
    desk.keep(MINE, letter(5), RAW)
    monkeypatch.setattr(evidence_desk, "MOST_LINES", lines(world))
    desk.withdraw(MINE, "letter-2", "Wrong one.")
    with pytest.raises(NotTaken, match="lines of its ledger"):
        desk.keep(MINE, letter(6), RAW)


def test_an_organisation_s_bytes_are_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted once however many items they are; what would be over is not written."""
    monkeypatch.setattr(evidence_desk, "MOST_BYTES", 2 * len(RAW))
    world.store.keep_evidence(MINE, letter(1), RAW)
    world.store.keep_evidence(MINE, letter(2), RAW)
    larger = RAW + b"!"
    with pytest.raises(NotTaken, match="bytes at the most"):
        world.store.keep_evidence(MINE, letter(3, larger), larger)
    assert files(world) == [sha256(RAW).hexdigest()]


class _CutError(Exception):
    """The power went."""


@pytest.fixture
def orphan(world: World, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Bytes whose line was never written."""

    def cut(*_: Any) -> None:
        raise _CutError

    with monkeypatch.context() as during:
        during.setattr(evidence_desk, "_keep_row", cut)
        with pytest.raises(_CutError):
            world.store.keep_evidence(MINE, item(), RAW)
    assert (lines(world), files(world)) == (0, [item().sha256])
    return world.store.folder.evidence / item().sha256


def aged(path: Path) -> None:
    """It has lain there for two hours."""
    os.utime(path, (path.stat().st_atime - 7200, path.stat().st_mtime - 7200))


def test_bytes_without_a_line_are_taken_away_in_time(world: World, orphan: Path) -> None:
    """Once they have lain for an hour, with what a half-written file left; what is in a ledger, or has just come, is not touched."""
    half = orphan.with_name(f".{'e' * 64}.x1")
    half.write_bytes(b"half")
    kept = letter(1, b"kept")
    world.store.keep_evidence(MINE, kept, b"kept")
    assert world.store.desk.tidy() == ()
    for path in (orphan, half, world.store.folder.evidence / kept.sha256):
        aged(path)
    assert sorted(world.store.desk.tidy()) == sorted([orphan.name, half.name])
    assert files(world) == [kept.sha256]


def test_the_worker_tidies(world: World, orphan: Path) -> None:
    """Beside its other work, and a folder that cannot be read holds nothing else up."""
    aged(orphan)
    world.store.release()
    assert files(world) == []
    world.store.folder.evidence.rmdir()
    world.store.release()


def test_bytes_without_a_line_are_adopted_when_they_come_again(world: World, orphan: Path) -> None:
    """The same request again finds them there; and they are no orphan any more."""
    taken = world.store.keep_evidence(MINE, item(), RAW)
    aged(orphan)
    assert taken.is_new
    assert world.store.desk.tidy() == ()
    assert world.store.evidence_bytes(item().sha256) == RAW


def test_bytes_that_are_tidied_away_just_then_are_written_again(
    world: World, orphan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between writing them and the line somebody took them away: the line finds them there all the same."""
    written = world.store.evidence.written

    def late(*given: Any) -> Any:
        orphan.unlink()
        return written(*given)

    monkeypatch.setattr(type(world.store.evidence), "written", lambda _self, *given: late(*given))
    world.store.keep_evidence(MINE, item(), RAW)
    assert world.store.evidence_bytes(item().sha256) == RAW


def test_damaged_bytes_are_told_and_mended_by_sending_them_again(world: World) -> None:
    """Nobody reads other bytes than were brought."""
    world.store.keep_evidence(MINE, item(), RAW)
    path = world.store.folder.evidence / item().sha256
    path.write_bytes(b"%PDF-1.7 forged")
    with pytest.raises(InternalError, match="not what they were"):
        world.store.evidence_bytes(item().sha256)
    world.store.keep_evidence(MINE, item(), RAW)
    assert world.store.evidence_bytes(item().sha256) == RAW


@pytest.mark.parametrize("digest", ["", "..", "../store.db", "a" * 64, "A" * 64, f"{'a' * 63}/"])
def test_what_is_not_there_is_not_found(world: World, digest: str) -> None:
    """Whatever it is called, nothing outside the folder is read."""
    with pytest.raises(NotFound):
        world.store.evidence_bytes(digest)
    with pytest.raises(NotFound):
        world.store.desk.files.path(digest)


def test_many_write_at_once(world: World) -> None:
    """Each line stands, the chain holds, and of the same thing sent twice there is one."""

    def hand_in(at: int) -> Taken:
        raw = f"Letter {at // 2}.".encode()
        return world.store.keep_evidence(MINE, letter(at // 2, raw), raw)

    with ThreadPoolExecutor(4) as together:
        taken = list(together.map(hand_in, range(12)))
    assert sum(one.is_new for one in taken) == 6
    assert lines(world) == 6
    assert len(files(world)) == 6


def test_whose_bytes_they_are_is_never_changed(world: World) -> None:
    """The database refuses it, as it refuses to change the ledger."""
    world.store.keep_evidence(MINE, item(), RAW)
    for words in ("DELETE FROM evidence_bytes", "UPDATE evidence_bytes SET media = 'txt'"):
        with world.store.desk.engine.connect() as connection, pytest.raises(IntegrityError, match="not changed"):
            connection.execute(text(words))


def test_a_decision_names_what_stands_and_nothing_that_fell(world: World) -> None:
    """Ended, superseded, withdrawn: none of them is in; and who names one by hand is told."""
    old, ended, taken_back = item(), letter(1, b"ended"), letter(2, b"back")
    world.store.keep_evidence(MINE, old, RAW)
    world.store.keep_evidence(MINE, replace(ended, expires=date(2026, 3, 2)), b"ended")
    world.store.keep_evidence(MINE, taken_back, b"back")
    world.store.desk.withdraw(MINE, taken_back.id, "It was another's.")
    newer = item(b"%PDF newer", id="dspt-2")
    world.store.keep_evidence(MINE, newer, b"%PDF newer", [old.id])
    case, ada = world.reviewed(), world.who("Ada Safe")
    for one in (old, ended, taken_back):
        with pytest.raises(NotTaken, match="stands no more"):
            world.store.draft(case, ada, Terms(evidence=(one.sha256,)))
    decision = world.store.draft(case, ada, Terms(evidence=("e" * 64,))).decision
    assert decision is not None
    assert decision.evidence == ("e" * 64, newer.sha256)


def test_nobody_signs_what_rests_on_evidence_that_fell_since_it_was_drafted(world: World) -> None:
    """Withdrawn or ended between draft and signature: the draft is dropped and written again."""
    world.store.keep_evidence(MINE, item(), RAW)
    case = world.reviewed()
    world.store.draft(case, world.who("Ada Safe"))
    world.sign(case, "Ada Safe")
    world.store.desk.withdraw(MINE, item().id, "It was another's.")
    with pytest.raises(MovedOn, match="stands no more"):
        world.sign(case, "Bo Secure")
    world.store.reopen(case, world.who("Ada Safe"))
    decision = world.store.draft(case, world.who("Ada Safe")).decision
    assert decision is not None
    assert decision.evidence == ()
    for name in ("Ada Safe", "Bo Secure"):
        world.sign(case, name)


def test_a_maker_cannot_hold_a_refusal_up(world: World) -> None:
    """Whoever takes evidence back is refused all the same."""
    world.store.keep_evidence(MINE, item(), RAW)
    case = world.reviewed()
    world.store.draft(case, world.who("Ada Safe"), Terms(grounds=("Two patients can be taken for one.",)))
    world.store.desk.withdraw(MINE, item().id, "It was another's.")
    world.sign(case, "Ada Safe")


def test_what_is_published_and_rests_on_evidence_that_ends_is_told(world: World) -> None:
    """Thirty days before, and once it was withdrawn; not once another stands in its place, nor of what is not asked of it."""
    world.clock.pass_by(days=50)  # the form is in force by then
    ends, says = date(2026, 5, 10), (("number", "1"), ("scope", "all"))
    soon = item(kind=EvidenceKind.cyber_essentials, serves=("dtac-2.0/C3.1",), says=says, expires=ends)
    beside = replace(letter(1), serves=("dcb0160-3.2/2.5.1",), expires=ends)
    world.store.keep_evidence(MINE, soon, RAW)
    world.store.keep_evidence(MINE, beside, RAW)
    assert world.store.ending_evidence() == ()
    case = world.decided()
    world.store.release()
    (one,) = world.store.ending_evidence()
    assert (one.case, one.product, one.version, one.publisher) == (case, "tiny", "1.0.0", "RZZ")
    assert (one.ending.ends, one.ending.criteria) == (ends, ("dtac-2.0/C3.1",))
    newer = replace(soon, id="ce-2", sha256=sha256(b"newer").hexdigest(), expires=date(2027, 5, 10))
    world.store.keep_evidence(MINE, newer, b"newer", [soon.id])
    assert world.store.ending_evidence() == ()
    world.store.desk.withdraw(MINE, "ce-2", "It was another's.")
    assert [each.ending.why for each in world.store.ending_evidence()] == ["it was replaced by ce-2"]
