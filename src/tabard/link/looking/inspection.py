"""Looking into one message: its text, its tree, what its dialect makes of it and why. Each look is audited before it is shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tabard.audit import AuditEvent, AuditLog, Outcome
from tabard.dialect import Dialect, Explained, Untranslatable, explain, translate
from tabard.fhir import Resource
from tabard.ground.errors import CallerError, TabardError
from tabard.ground.ids import KeyedIds
from tabard.ground.time import Clock
from tabard.hl7v2 import Message, Unreadable, parse
from tabard.journal import Intervention, JournalReader
from tabard.link.errors import TOLD, Parked, ParkedReason
from tabard.link.identity import LooseIds
from tabard.link.looking.tree import Node, tree
from tabard.link.parked import JOURNAL_FILE, Line, line_of

_SHOWN_BYTES = 256 * 1024
"""As much of a message's text is shown; all of it is kept."""

_REASON = range(3, 201)


@dataclass(frozen=True, slots=True)
class Looker:
    """Who looks, in what role and why: both go into the audit; `reason` is 3 to 200 characters and no patient's data."""

    person: str
    role: str
    reason: str

    def __post_init__(self) -> None:
        if len(self.reason.strip()) not in _REASON:
            raise CallerError(
                "a message is shown for a reason only",
                where="reason",
                expected="3 to 200 characters that say why, without a patient's data",
                remedy="say why you look, such as: parked, the sender asks",
            )

    @property
    def purpose(self) -> str:
        """Role and reason as the audit keeps them."""
        return f"{self.role}: {self.reason.strip()}"


@dataclass(frozen=True, slots=True)
class Inspected:
    """One message, laid open. `fault` says why it could not be read or translated; the parts after it are then empty."""

    line: Line
    text: str
    is_cut: bool
    tree: tuple[Node, ...]
    resources: tuple[Resource, ...]
    elements: tuple[Explained, ...]
    unmapped: tuple[str, ...]
    fault: str
    interventions: tuple[Intervention, ...]


class Inspection:
    """Lays the messages of the hospital in `folder` open. Blocking; any thread may use it."""

    def __init__(
        self,
        folder: Path,
        dialects: Callable[[str], Dialect | None],
        ids: KeyedIds,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._journal = JournalReader(folder / JOURNAL_FILE)
        self._dialects = dialects
        self._ids = ids
        self._audit = audit
        self._clock = clock

    def open(self, seq: int, looker: Looker) -> Inspected:
        """The message numbered `seq`. Raises NotFound, AuditUnavailable; nothing is shown that was not audited first."""
        line = line_of(self._journal.entry(seq))
        raw = self._journal.raw(seq)
        found = self._translated(raw, line)
        self._write_down(looker, line, found.resources)
        return found

    def _translated(self, raw: bytes, line: Line) -> Inspected:
        nothing = Inspected(
            line,
            raw[:_SHOWN_BYTES].decode("utf-8", "backslashreplace").replace("\r", "\n"),
            is_cut=len(raw) > _SHOWN_BYTES,
            tree=(),
            resources=(),
            elements=(),
            unmapped=(),
            fault="",
            interventions=tuple(self._journal.interventions(line.seq)),
        )
        return _laid_open(nothing, raw, self._dialects(line.link), LooseIds(self._ids, line.link))

    def _write_down(self, looker: Looker, line: Line, resources: Sequence[Resource]) -> None:
        seen = tuple(f"Patient/{one['id']}" for one in resources if one["resourceType"] == "Patient")
        event = AuditEvent(
            self._clock(),
            "message",
            Outcome.granted,
            person=looker.person,
            context="hospital",
            resource=f"urn:tabard:message:{line.link}:{line.seq}",
            purpose=looker.purpose,
            seen=seen,
        )
        self._audit.write(event).result()


def _laid_open(nothing: Inspected, raw: bytes, dialect: Dialect | None, ids: LooseIds) -> Inspected:
    """What can be said of the message: a fault in one step leaves what the steps before it said."""
    if dialect is None:
        return replace(nothing, fault=TOLD[ParkedReason.unknown_link][0])
    try:
        message = parse(raw, default_charset=dialect.sender.charset or "")
    except Unreadable as fault:
        return replace(nothing, fault=str(fault))
    read = replace(nothing, text=_text(message, nothing.text), tree=tree(message))
    try:
        translation = translate(message, dialect, ids)
        told = explain(message, dialect)
    except (Untranslatable, Parked) as fault:
        return replace(read, fault=str(fault))
    except Exception as fault:  # noqa: BLE001  a fault of ours must not hide the message itself
        sentence, remedy = TOLD[ParkedReason.internal_error]
        return replace(read, fault=str(TabardError(f"{sentence} ({type(fault).__name__})", remedy=remedy)))
    parts = (translation, *translation.also)
    resources = tuple(draft.resource for part in parts for draft in part.drafts)
    return replace(read, resources=resources, elements=told.elements, unmapped=told.unmapped)


def _text(message: Message, otherwise: str) -> str:
    """The message in its own character set, a segment a line."""
    told = "\n".join(segment.raw for segment in message.segments)
    return told if len(told) <= _SHOWN_BYTES else otherwise
