"""A look at what a dialect makes of a file of messages: a FHIR Bundle each, or an OperationOutcome saying why not; and why it does.

Nothing is stored and no record is asked: ids are those of a hospital that knows nobody, the same at each look.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tabard.dialect import Dialect, Explanation, Untranslatable, bundle, explain, translate
from tabard.fhir import Resource, encode, operation_outcome
from tabard.ground.errors import TabardError
from tabard.ground.ids import KeyedIds
from tabard.hl7v2 import Message, Unreadable, parse, split_messages
from tabard.link.errors import TOLD, Parked, ParkedReason
from tabard.link.identity import LooseIds

_IDS = KeyedIds(b"a look at a translation; no record")


@dataclass(frozen=True, slots=True)
class Translated:
    """One message's outcome; `is_read` is False where `resource` is an OperationOutcome that says why there is no Bundle.

    `explanation` says of each element which field and which key of the dialect made it, where that was asked for.
    """

    resource: Resource
    is_read: bool
    explanation: Explanation | None = None

    @property
    def line(self) -> str:
        """The resource as one line of JSON, without its end."""
        return encode(self.resource).decode()


def translate_file(content: bytes, dialect: Dialect) -> Iterator[Translated]:
    """Each message of a file (one after another, or MLLP framed), in order; a fault in one stops no other."""
    return _each(content, dialect, lambda message: _bundled(message, dialect))


def explain_file(content: bytes, dialect: Dialect) -> Iterator[Translated]:
    """The same, and for each message where every element comes from: some hundreds of translations a message."""
    return _each(
        content, dialect, lambda message: replace(_bundled(message, dialect), explanation=explain(message, dialect))
    )


def _bundled(message: Message, dialect: Dialect) -> Translated:
    return Translated(bundle(translate(message, dialect, LooseIds(_IDS))), is_read=True)


def _each(content: bytes, dialect: Dialect, look: Callable[[Message], Translated]) -> Iterator[Translated]:
    for number, raw in enumerate(split_messages(content), 1):
        yield _translated(raw, number, dialect, look)


def _translated(raw: bytes, number: int, dialect: Dialect, look: Callable[[Message], Translated]) -> Translated:
    try:
        return look(parse(raw, default_charset=dialect.sender.charset or ""))
    except (Unreadable, Untranslatable, Parked) as fault:
        code = "not-supported" if getattr(fault, "reason", None) == "unsupported_event" else "invalid"
        return _not_read(code, number, fault)
    except Exception as fault:  # noqa: BLE001  a fault of ours in one message must not hide the others
        sentence, remedy = TOLD[ParkedReason.internal_error]
        told = TabardError(f"{sentence} ({type(fault).__name__})", remedy=remedy)
        return _not_read("exception", number, told)


def _not_read(code: str, number: int, fault: TabardError) -> Translated:
    reason = getattr(fault, "reason", ParkedReason.unreadable)
    return Translated(operation_outcome("error", code, f"Message {number}: {reason}: {fault}"), is_read=False)
