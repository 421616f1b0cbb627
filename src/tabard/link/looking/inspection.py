"""Looking into one message: its text, its tree, what its dialect makes of it and why. Each look is audited before it is shown."""

from dataclasses import dataclass, replace

from tabard.dialect import Dialect, Explained, Untranslatable, explain, translate
from tabard.fhir import Resource
from tabard.ground.errors import TabardError
from tabard.hl7v2 import Message, Unreadable, parse
from tabard.journal import Intervention
from tabard.link.errors import TOLD, Parked, ParkedReason
from tabard.link.identity import LooseIds
from tabard.link.looking.looks import Looker, Looks
from tabard.link.looking.tree import Node, tree
from tabard.link.parked import Line, line_of

_SHOWN_BYTES = 256 * 1024
"""As much of a message's text is shown; all of it is kept."""


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


class Inspection(Looks):
    """Lays messages open."""

    def open(self, seq: int, looker: Looker) -> Inspected:
        """The message numbered `seq`. Raises NotFound, AuditUnavailable; nothing is shown that was not audited first."""
        line = line_of(self._journal.entry(seq))
        raw = self._journal.raw(seq)
        found = self._translated(raw, line)
        self._write_down(looker, "message", line.link, line.seq, found.resources)
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
        return _laid_open(nothing, raw, *self._read_by(line.link))


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
