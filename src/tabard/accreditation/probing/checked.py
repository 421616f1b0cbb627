"""What the static checkers said of a package's code, and the proof of which files each of them read. Facts alone."""

from dataclasses import dataclass, field
from hashlib import sha256

from tabard.ground.canonical import canonical


@dataclass(frozen=True, slots=True, order=True)
class Spotted:
    """One thing that a checker says of a place: its own id for it, and its sentence; lines are counted from 1."""

    file: str
    line: int
    tool: str
    rule: str
    says: str


@dataclass(frozen=True, slots=True, order=True)
class Unread:
    """A file that a checker could not read whole, and what it says of that."""

    file: str
    says: str


@dataclass(frozen=True, slots=True)
class ToolRun:
    """One checker's run. `owed` are the files of its kinds, `covered` those that it proves to have read.

    `fault` says why there is nothing to go by ("" where there is): it did not start, took too long, told too much.
    """

    tool: str
    version: str
    owed: tuple[str, ...]
    covered: tuple[str, ...] = ()
    unread: tuple[Unread, ...] = ()
    spotted: tuple[Spotted, ...] = ()
    fault: str = ""

    @property
    def missed(self) -> tuple[str, ...]:
        """Files of its kinds that it does not prove to have read."""
        seen = frozenset(self.covered)
        return tuple(name for name in self.owed if name not in seen)


@dataclass(frozen=True, slots=True)
class Checked:
    """All checkers' runs; `measured` are seconds by tool, outside the digest."""

    runs: tuple[ToolRun, ...]
    measured: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    @property
    def sha256(self) -> str:
        """Which tools in which versions read which files, as one digest in hexadecimal."""
        told = [[one.tool, one.version, list(one.covered)] for one in self.runs]
        return sha256(canonical(told)).hexdigest()
