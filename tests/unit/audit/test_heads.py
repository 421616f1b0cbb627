"""Signed heads: what a chain alone cannot tell is told by them, whoever rewrote what."""

import json
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pytest

from tabard.audit import AuditEvent, AuditLog, Outcome, verify
from tabard.audit.checking import verify_with_heads
from tabard.audit.signing import Heads, key_of
from tabard.ground.errors import CallerError
from tabard.ground.keys import new_signing_key

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


class House:
    """A hospital's audit: two processes wrote it, and its heads were signed; `copy` had left the host."""

    def __init__(self, folder: Path) -> None:
        self.audit, keys = folder / "audit", folder / "keys"
        keys.mkdir()
        self.key = key_of(keys)
        self.log = AuditLog(self.audit, lambda: NOW)
        self.heads = Heads(self.audit, self.key, lambda: NOW, self.log.own)
        self.write(3)
        self.heads.sign()
        beside = AuditLog(self.audit, lambda: NOW)  # a command beside the hospital that is being served
        self.write(2, beside)
        beside.close()
        self.write(3)
        self.heads.sign()
        self.write(2)
        self.heads.sign()
        self.copy = folder / "copy.jsonl"
        self.copy.write_bytes(self.heads.path.read_bytes())

    def write(self, count: int, log: AuditLog | None = None) -> None:
        """Let so many accesses be written down."""
        event = AuditEvent(NOW, "read", Outcome.granted, person="p1", resource="Patient/1")
        for done in [(log or self.log).write(event) for _ in range(count)]:
            done.result(30)

    @property
    def files(self) -> list[Path]:
        """The chains, the oldest first."""
        return sorted(self.audit.glob("*.ndjson"))

    def problems(self, *, is_compared: bool = True) -> list[str]:
        """What is wrong, compared with the copy or not."""
        copies = (self.copy,) if is_compared else ()
        return [str(one) for one in verify_with_heads(self.audit, copies, self.key.public).problems]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.log.close()


def cut(path: Path, lines: int) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-lines]))


def rewritten(path: Path, change: Callable[[list[dict[str, object]]], object]) -> None:
    """The chain as somebody who knows how would write it again: every hash agrees."""
    told = [json.loads(line) for line in path.read_bytes().splitlines()]
    change(told)
    before, lines = "0" * 64, []
    for number, one in enumerate(told):
        line = json.dumps({**one, "n": number, "before": before}, separators=(",", ":")).encode()
        before = sha256(line).hexdigest()
        lines.append(line + b"\n")
    path.write_bytes(b"".join(lines))


def test_what_nobody_touched_is_whole(house: House) -> None:
    """All chains, all heads, nothing wrong; what was written since the last head does no harm."""
    house.write(5)
    verdict = verify_with_heads(house.audit, (house.copy,), house.key.public)
    assert (verdict.problems, verdict.chains, verdict.events, verdict.heads) == ((), 2, 15, 3)
    assert verdict.signed_until == "2026-03-01T08:30:00.000Z"


def test_a_cut_tail_is_found(house: House) -> None:
    """The newest lines gone: the chain says nothing, the heads do, and tell how many there were."""
    cut(house.files[0], 2)
    assert verify(house.audit).is_intact
    assert any("cut off: it has 7 lines, and had 9" in one for one in house.problems(is_compared=False))


def test_a_rewritten_chain_is_found(house: House) -> None:
    """Somebody who makes every hash agree again, cannot make the heads agree."""
    rewritten(house.files[0], lambda told: told[2].update(event={**told[2]["event"], "person": "p2"}))  # type: ignore[dict-item]  # JSON
    assert any("was changed" in one or "cut off" in one for one in house.problems(is_compared=False))


def test_a_line_taken_out_of_a_rewritten_chain_is_found(house: House) -> None:
    """The same for a line that is not there any more."""
    rewritten(house.files[0], lambda told: told.pop(2))
    assert house.problems(is_compared=False)


def test_a_missing_chain_of_another_process_is_found(house: House) -> None:
    """A command's chain, which no other follows, is missed."""
    gone = house.files[1].name
    house.files[1].unlink()
    assert verify(house.audit).is_intact
    assert house.problems(is_compared=False) == [
        f"{gone}: this file is missing; it had 3 lines at 2026-03-01T08:30:00.000Z"
    ]


def test_swapped_files_are_found(house: House) -> None:
    """Each whole, each under the other's name."""
    one, other = house.files
    first = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(first)
    assert any("files were swapped" in problem for problem in house.problems(is_compared=False))


def test_cut_audit_and_cut_heads_are_found_by_the_copy(house: House) -> None:
    """Who cuts the heads as well is found by those that had left the host, and by nothing else."""
    cut(house.files[0], 2)
    cut(house.heads.path, 1)
    assert house.problems(is_compared=False) == []
    told = house.problems()
    assert any("cut off" in one for one in told)
    assert any("head 2, signed at" in one and "stands in a copy" in one for one in told)


def test_heads_signed_by_another_key_count_for_nothing(house: House, tmp_path: Path) -> None:
    """Who has the folder but not the key kept elsewhere, can make no heads that pass."""
    forged = tmp_path / "forged"
    copytree(house.audit, forged)
    (forged / "heads.jsonl").unlink()
    cut(min(forged.glob("*.ndjson")), 2)
    Heads(forged, new_signing_key(), lambda: NOW).sign()
    told = [str(one) for one in verify_with_heads(forged, (), house.key.public).problems]
    assert any("not signed by the hospital's key" in one for one in told)
    assert any("another key" in one for one in told)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: [lines[0], lines[2]],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: [lines[0], lines[1].replace(b'"n":1', b'"n":2'), lines[2]],
        lambda lines: [lines[0], b"{}\n", *lines[1:]],
        lambda lines: lines[1:],
    ],
    ids=["removed", "moved", "changed", "added", "beheaded"],
)
def test_changed_heads_are_found(house: House, tamper: Callable[[list[bytes]], list[bytes]]) -> None:
    """The heads are a chain themselves."""
    house.heads.path.write_bytes(b"".join(tamper(house.heads.path.read_bytes().splitlines(keepends=True))))
    assert house.problems(is_compared=False)


def test_heads_taken_away_are_missed(house: House) -> None:
    """Where there is a key there are heads."""
    house.heads.path.unlink()
    assert house.problems(is_compared=False) == ["heads.jsonl: the signed heads are missing"]


def test_a_copy_with_gaps_is_good(house: House) -> None:
    """What left the host may have gaps, and still finds what it can."""
    house.copy.write_bytes(house.copy.read_bytes().splitlines(keepends=True)[1])
    assert house.problems() == []


def test_a_head_torn_by_a_crash_harms_nothing(house: House) -> None:
    """The next one is signed after it, by the next process too."""
    with house.heads.path.open("ab") as file:
        file.write(b'{"signed":{"n"')
    assert house.problems() == []
    house.write(1)
    house.heads.sign()
    assert house.problems() == []


def test_nothing_new_is_not_signed_again_and_a_restart_goes_on(house: House) -> None:
    """A quiet night makes no lines; the next process follows the last."""
    assert house.heads.sign() is None
    again = Heads(house.audit, house.key, lambda: NOW, house.log.own)
    assert again.sign() is None
    house.write(1)
    line = again.sign()
    assert line is not None
    assert line.signed.n == 3
    assert house.problems() == []


def test_the_key_is_private_and_made_once(tmp_path: Path) -> None:
    """Mode 0600; a second start takes the same; a damaged one is told and never replaced."""
    key = key_of(tmp_path)
    path = tmp_path / "audit.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key_of(tmp_path).public == key.public
    path.write_bytes(b"damaged")
    with pytest.raises(CallerError):
        key_of(tmp_path)
    assert path.read_bytes() == b"damaged"


def test_what_this_process_wrote_is_signed_from_memory(house: House) -> None:
    """A file changed while the hospital runs does not get its change signed."""
    rewritten(house.files[0], lambda told: told.pop(2))
    house.write(1)
    house.heads.sign()
    assert house.problems(is_compared=False)


def test_copies_without_a_key_are_refused(tmp_path: Path) -> None:
    """A verdict never says more than can be known."""
    (tmp_path / "audit").mkdir()
    (tmp_path / "copy").write_bytes(b"")
    with pytest.raises(CallerError):
        verify_with_heads(tmp_path / "audit", (tmp_path / "copy",))
