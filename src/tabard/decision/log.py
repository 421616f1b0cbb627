"""The decision log: every decision and what became of it, each entry holding the digest of the one before.

Whoever has an old head and the whole log can tell that nothing between was changed, left out or put in. The head is
published with the catalogue, so that it is signed and cannot quietly go back.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

import msgspec

from tabard.decision.errors import BadDecision
from tabard.ground.canonical import canonical

BEGINNING = "0" * 64
"""What the first entry holds as the digest of the one before."""

HEAD_PATH = "decisions/head.json"
"""The target of the catalogue that holds the head."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what happened (`decided`, `refused`, `widened`, `suspended`, `reinstated`, `withdrawn`, `expired`, `review_asked`) to which version.

    `decision` is the id of the decision, `statement_sha256` of the statement that was signed; `by` names persons with their
    roles, as they are published, `words` are a sentence. `case` stands only in lines of the earlier form, which named it in
    the decision's place: they are kept as they were written, for their digests are in the chain. Raises BadDecision for a
    line of both forms, or of neither.
    """

    seq: int
    at: datetime
    kind: str
    product: str
    version: str
    package_sha256: str
    statement_sha256: str
    outcome: str
    by: tuple[str, ...]
    words: str
    previous: str
    decision: str = ""
    case: str = ""

    def __post_init__(self) -> None:
        if bool(self.decision) == bool(self.case):
            raise BadDecision(
                "a line of the decision log names its decision", where=f"entry {self.seq}", expected="a decision's id"
            )

    def to_bytes(self) -> bytes:
        """The entry's one text: canonical JSON, with all that the line says and nothing else."""
        told = {**asdict(self), "at": msgspec.to_builtins(self.at)}
        del told["case" if self.decision else "decision"]
        return canonical(told)

    @property
    def sha256(self) -> str:
        """The digest of that text, in hexadecimal."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """How many entries there are, and the digest of the last."""

    count: int
    sha256: str

    def to_bytes(self) -> bytes:
        """The head as it is published: canonical JSON."""
        return canonical(asdict(self))

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Head":
        """The head of a text. Raises BadDecision when it is none."""
        try:
            return msgspec.json.decode(raw, type=cls)
        except msgspec.DecodeError as fault:
            raise BadDecision(
                "this is no head of a decision log", where=HEAD_PATH, expected="count and sha256", got=str(fault)
            ) from fault


def head_of(entries: Iterable[Entry]) -> Head:
    """The head of the log of these entries, each held against the one before. Raises BadDecision where one does not follow."""
    return verify_log(entries, None)


def verify_log(entries: Iterable[Entry], published: Head | None) -> Head:
    """The head of the log, once every entry follows from the one before and the `published` head stands in it.

    Raises BadDecision with the number of the first entry that does not hold.
    """
    previous, count, found = BEGINNING, 0, published is None or published == Head(0, BEGINNING)
    for entry in entries:
        if (entry.seq, entry.previous) != (count + 1, previous):
            raise BadDecision(
                "the decision log does not hold together",
                where=f"entry {entry.seq}",
                expected=f"entry {count + 1} after {previous[:16]}",
                got=f"entry {entry.seq} after {entry.previous[:16]}",
                remedy="ask the centre: an entry was changed, left out or put in",
            )
        previous, count = entry.sha256, entry.seq
        found = found or published == Head(count, previous)
    if not found and published is not None:
        raise BadDecision(
            "the published head does not stand in this log",
            where=HEAD_PATH,
            expected=f"{published.count} entries, {published.sha256[:16]}",
            got=f"{count} entries, {previous[:16]}",
            remedy="ask the centre: entries were changed or taken away since the head was published",
        )
    return Head(count, previous)


def read_log(raw: bytes) -> tuple[Entry, ...]:
    """The entries of a log as it is served: a JSON list. Raises BadDecision when it is none."""
    try:
        return msgspec.json.decode(raw, type=tuple[Entry, ...])
    except msgspec.DecodeError as fault:
        raise BadDecision("this is no decision log", expected="a JSON list of entries", got=str(fault)) from fault


def next_entry(head: Head, **told: object) -> Entry:
    """The entry that follows that head; `told` are its other fields."""
    return msgspec.convert({**told, "seq": head.count + 1, "previous": head.sha256}, Entry)
