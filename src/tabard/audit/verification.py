"""Reading the audit back: is every chain whole, and what does it say.

What this cannot see: lines cut off the end of the newest file. Signed heads kept elsewhere will (a later issue).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tabard.audit.chain import Begin, Head, after, check
from tabard.audit.file import SUFFIX

_TAIL_BYTES = 1 << 20
"""More than the longest line."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found.

    `problems` are sentences that name file and line; `torn` are files whose last line was never finished (the process
    died while writing it, so nobody was answered on its strength).
    """

    chains: int
    events: int
    problems: tuple[str, ...] = ()
    torn: tuple[str, ...] = ()

    @property
    def is_intact(self) -> bool:
        """Whether nothing was changed, removed or added."""
        return not self.problems


@dataclass(slots=True)
class _Chain:
    name: str
    begin: Begin | None
    heads: set[str]
    last: Head
    problem: str | None
    is_torn: bool


def verify(folder: Path) -> Verdict:
    """Follow every chain in `folder` from its first line to its last, and from each file to the one before it."""
    chains = {path.name: _follow(path) for path in _files(folder)}
    problems = [chain.problem for chain in chains.values() if chain.problem]
    problems += [wrong for chain in chains.values() if (wrong := _wrong_link(chain, chains))]
    events = sum(max(chain.last.lines - 1, 0) for chain in chains.values())
    return Verdict(
        len(chains), events, tuple(problems), tuple(chain.name for chain in chains.values() if chain.is_torn)
    )


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
        head = _tail(path) or _follow(path).last
        if head.lines:  # a file without one whole line was never begun
            return path.name, head
    return None


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{SUFFIX}"))


def _tail(path: Path) -> Head | None:
    """The head told by the last whole line, without reading what is before it; None where that line cannot be read."""
    with path.open("rb") as file:
        file.seek(max(file.seek(0, os.SEEK_END) - _TAIL_BYTES, 0))
        whole = file.read().split(b"\n")[:-1]
    told = check(Head(), whole[-1])[0] if whole else None
    return None if told is None else after(Head(told.n, told.before), whole[-1])


def _follow(path: Path) -> _Chain:
    chain = _Chain(path.name, None, set(), Head(), None, is_torn=False)
    with path.open("rb") as lines:
        for raw in lines:
            if not raw.endswith(b"\n"):
                chain.is_torn = True
                break
            told, wrong = check(chain.last, raw[:-1])
            if wrong is not None:
                chain.problem = chain.problem or f"{path.name} line {chain.last.lines}: {wrong}"
            if chain.last.lines == 0 and told is not None:
                chain.begin = told.begin
            chain.last = after(chain.last, raw[:-1])
            chain.heads.add(chain.last.digest)
    return chain


def _wrong_link(chain: _Chain, chains: dict[str, _Chain]) -> str | None:
    if chain.begin is None or chain.begin.after_file is None:
        return None
    before = chains.get(chain.begin.after_file)
    if before is None:
        return f"{chain.begin.after_file}: this file is missing; {chain.name} follows it"
    if chain.begin.after_head not in before.heads:
        return f"{before.name}: its end was cut off or changed; {chain.name} followed another end"
    return None
