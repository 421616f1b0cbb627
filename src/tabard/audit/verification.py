"""Verifying the audit: is every chain whole, and does it still hold all that heads were signed of.

Without heads nothing can be said of the end of a chain that no other follows; with heads that had left the host, somebody
who could rewrite the whole folder, its heads and its key is found out too.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tabard.audit.chain import NO_LINE, Begin, Head, after, check
from tabard.audit.file import SUFFIX
from tabard.audit.heads import HeadLine, read_line
from tabard.ground.keys import PublicKey

_TAIL_BYTES = 1 << 20
"""More than the longest line, nearly always; a longer one is read from the beginning."""

_KEEP = (
    "Change nothing in this folder: copy it as it is, tell whoever answers for information governance and for security "
    "here, and compare with the backup and with the heads that were sent away."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: in which file (and line, from 0), what, and what to do."""

    where: str
    what: str
    remedy: str = _KEEP

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found.

    `torn` are files whose last line was never finished (the process died while writing it, so nobody was answered on its
    strength). `heads` are the signed heads that were compared, the last of `signed_until` (an instant, None without any).
    """

    chains: int
    events: int
    problems: tuple[Problem, ...] = ()
    torn: tuple[str, ...] = ()
    heads: int = 0
    signed_until: str | None = None

    @property
    def is_intact(self) -> bool:
        """Whether nothing was changed, removed or added."""
        return not self.problems


@dataclass(slots=True)
class _Chain:
    """A chain as followed; `passed` are those of the heads looked for that it did have."""

    name: str
    begin: Begin | None = None
    last: Head = field(default_factory=Head)
    problem: str | None = None
    is_torn: bool = False
    passed: set[Head] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class HeadsFile:
    """Heads to compare with: lines and what they are called; one that `is_whole` may have no gap, a copy may."""

    name: str
    lines: Iterable[bytes]
    is_whole: bool = False


def verify(folder: Path, heads: Sequence[HeadsFile] = (), key: PublicKey | None = None) -> Verdict:
    """Follow every chain in `folder` from its first line to its last, from each file to the one before it, and to each head."""
    problems: list[Problem] = []
    of_files = [(file, tuple(_signed_in(file, key, problems))) for file in heads]
    signed = tuple({line.digest: line for _, lines in of_files for line in lines}.values())
    problems += _cut_heads(of_files)
    begins = {path.name: _begin_of(path) for path in _files(folder)}
    wanted = _wanted(begins, signed)
    chains = {name: _follow(folder / name, wanted.get(name, frozenset())) for name in begins}
    for chain in chains.values():
        problems += filter(None, (_broken(chain), _misnamed(chain), _wrong_link(chain, chains)))
    problems += _against(signed, chains)
    torn = tuple(chain.name for chain in chains.values() if chain.is_torn)
    events = sum(max(chain.last.lines - 1, 0) for chain in chains.values())
    until = max((line.signed.at for line in signed), default=None)
    return Verdict(len(chains), events, tuple(dict.fromkeys(problems)), torn, len(signed), until)


def read(folder: Path, **wanted: str) -> Iterator[dict[str, Any]]:
    """The events in `folder`, oldest first, whose fields equal `wanted` (`person="..."`, `action="read"`)."""
    for path in _files(folder):
        with path.open("rb") as lines:
            for raw in lines:
                told, _ = check(Head(), raw.rstrip(b"\n"))
                event = told.event if told else None
                if event is not None and all(event.get(name) == value for name, value in wanted.items()):
                    yield event


def last_head(folder: Path) -> tuple[str, Head] | None:
    """Name and head of the newest chain in `folder`; None where there is none."""
    for path in reversed(_files(folder)):
        head = tail(path)
        if head.lines:  # a file without one whole line was never begun
            return path.name, head
    return None


def tail(path: Path) -> Head:
    """The head of a chain told by its last whole line; where that makes no sense, by all of it."""
    with path.open("rb") as file:
        file.seek(max(file.seek(0, os.SEEK_END) - _TAIL_BYTES, 0))
        whole = file.read().split(b"\n")[:-1]
    told = check(Head(), whole[-1])[0] if whole else None
    return _follow(path, frozenset()).last if told is None else after(Head(told.n, told.before), whole[-1])


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"))


def _begin_of(path: Path) -> Begin | None:
    with path.open("rb") as file:
        told, _ = check(Head(), file.readline().rstrip(b"\n"))
    return told.begin if told else None


def _wanted(begins: Mapping[str, Begin | None], signed: Sequence[HeadLine]) -> dict[str, frozenset[str]]:
    """The hashes to look for in each file: those that later chains follow, and those that were signed."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for begin in begins.values():
        if begin is not None and begin.after_file is not None:
            wanted[begin.after_file].add(begin.after_head or "")
    for line in signed:
        for chain in line.signed.chains:
            wanted[chain.file].add(chain.digest)
    return {name: frozenset(digests) for name, digests in wanted.items()}


def _follow(path: Path, wanted: frozenset[str]) -> _Chain:
    chain = _Chain(path.name)
    with path.open("rb") as lines:
        for raw in lines:
            if not raw.endswith(b"\n"):
                chain.is_torn = True
                break
            told, wrong = check(chain.last, raw[:-1])
            if wrong is not None:
                chain.problem = chain.problem or f"line {chain.last.lines}: {wrong}"
            if chain.last.lines == 0 and told is not None:
                chain.begin = told.begin
            chain.last = after(chain.last, raw[:-1])
            if chain.last.digest in wanted:
                chain.passed.add(chain.last)
    return chain


def _broken(chain: _Chain) -> Problem | None:
    return None if chain.problem is None else Problem(chain.name, chain.problem)


def _misnamed(chain: _Chain) -> Problem | None:
    """A file bears the beginning of its chain's id: another chain in its place is seen."""
    if chain.begin is None or chain.begin.chain[:8] in chain.name:
        return None
    return Problem(
        chain.name, f"this file holds another chain ({chain.begin.chain[:8]}): files were swapped or renamed"
    )


def _wrong_link(chain: _Chain, chains: Mapping[str, _Chain]) -> Problem | None:
    if chain.begin is None or chain.begin.after_file is None:
        return None
    before = chains.get(chain.begin.after_file)
    if before is None:
        return Problem(chain.begin.after_file, f"this file is missing; {chain.name} follows it")
    if chain.begin.after_head not in {head.digest for head in before.passed}:
        return Problem(before.name, f"its end was cut off or changed; {chain.name} followed another end")
    return None


def _signed_in(file: HeadsFile, key: PublicKey | None, problems: list[Problem]) -> Iterator[HeadLine]:
    """The lines that the key signed; what is wrong with the others is a problem."""
    before: HeadLine | None = None
    for number, raw in enumerate(file.lines):
        line, where = read_line(raw.rstrip(b"\n"), key), f"{file.name} line {number}"
        if line is None and not raw.endswith(b"\n"):
            return  # torn by the end of its process
        if line is None or not line.is_signed:
            what = "cannot be read" if line is None else "was not signed by the hospital's key"
            problems.append(Problem(where, f"this head {what}"))
            continue
        expected = (0, NO_LINE) if before is None else (before.signed.n + 1, before.digest)
        if file.is_whole and (line.signed.n, line.signed.before) != expected:
            problems.append(Problem(where, "the head before was changed, removed or added"))
        before = line
        yield line


def _cut_heads(of_files: Sequence[tuple[HeadsFile, Sequence[HeadLine]]]) -> Iterator[Problem]:
    """Of each whole file of heads, the first that it lacks and another file has."""
    every = {line.digest: line for _, lines in of_files for line in lines}
    for file, lines in of_files:
        lacking = every.keys() - {line.digest for line in lines} if file.is_whole else ()
        if lacking:
            first = min((every[digest].signed for digest in lacking), key=lambda signed: signed.n)
            yield Problem(file.name, f"head {first.n}, signed at {first.at}, is missing here and stands in a copy")


def _against(signed: Sequence[HeadLine], chains: Mapping[str, _Chain]) -> Iterator[Problem]:
    """Each signed head is in its chain, at its line. Of each file the first head that is not is told: the rest follow from it."""
    told: set[str] = set()
    for line in sorted(signed, key=lambda line: line.signed.n):
        for one in line.signed.chains:
            chain = chains.get(one.file)
            if one.file in told or (chain is not None and one.head in chain.passed):
                continue
            told.add(one.file)
            yield Problem(one.file, _missing(chain, one.lines, line.signed.at))


def _missing(chain: _Chain | None, lines: int, at: str) -> str:
    if chain is None:
        return f"this file is missing; it had {lines} lines at {at}"
    if chain.last.lines < lines:
        return f"its end was cut off: it has {chain.last.lines} lines, and had {lines} at {at}"
    return f"what stood in its first {lines} lines at {at} was changed"
