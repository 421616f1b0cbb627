"""A reading: one message, the dialect it is read in, and what is noticed and drafted on the way."""

from collections.abc import Callable, Iterable, Sequence

from tabard.dialect.dates import Moment, read_moment
from tabard.dialect.extensions import source_text
from tabard.dialect.model import Draft, Event, Flag, IdMaker, Whole
from tabard.dialect.per_dialect import PerDialect
from tabard.dialect.schema import Dialect
from tabard.fhir.json import Resource
from tabard.hl7v2 import NULL, Field, Message, Segment

_NOTHING: frozenset[str] = frozenset()
_NULL = NULL.encode()
"""The same bytes in every character set that a message may be in."""


class Drafting:
    """A resource, or a part of one without type and id, while it is being told: what the message holds, and what it empties."""

    __slots__ = ("cleared", "resource")

    def __init__(self, type: str = "", id: str = "") -> None:  # noqa: A002  FHIR's words
        self.resource: Resource = {"resourceType": type, "id": id} if type else {}
        self.cleared: set[str] = set()

    def put(self, element: str, value: object) -> None:
        """The element's value; nothing is put when there is nothing (False is something)."""
        if value or value is False:
            self.resource[element] = value

    def put_within(self, element: str, part: "Drafting") -> None:
        """The element that `part` tells, and what it empties in it, as in "period.end"."""
        self.put(element, part.resource)
        if part.cleared:
            self.cleared.update([f"{element}.{name}" for name in part.cleared])

    def done(self) -> Draft:
        """The draft."""
        return Draft(self.resource, frozenset(self.cleared.difference(self.resource)) if self.cleared else _NOTHING)


def _none(_dialect: Dialect) -> dict[tuple[int, str], Resource]:
    return {}


_concepts = PerDialect(_none)


class Reading:
    """What translation knows while it reads one message. Lives as long as one call of `translate`."""

    __slots__ = (
        "_drafts",
        "_segments",
        "concepts",
        "dialect",
        "doctors",
        "event",
        "flags",
        "ids",
        "may_clear",
        "message",
        "occurred",
        "wholes",
        "word",
    )

    def __init__(self, message: Message, dialect: Dialect, ids: IdMaker, event: Event = Event.update) -> None:
        self.message = message
        self.dialect = dialect
        self.ids = ids
        self.event = event
        self.occurred: Moment | None = None
        """When it happened, once that has been read."""
        self.flags: list[Flag] = []
        self.wholes: list[Whole] = []
        self.word: Callable[[str], str] = str.casefold if dialect.is_told_by_display else str
        """One of the sender's words as the tables of the dialect hold it."""
        self.doctors: dict[str, list[Resource]] = {}
        self.concepts = _concepts(dialect)
        """By a code table of the dialect (its identity) and a code: what that was read as before."""
        self._drafts: dict[tuple[str, str], Draft] = {}
        self._segments: dict[str, list[Segment]] = {}
        self.may_clear = dialect.null == "clears" and _NULL in message.raw
        """Whether any field may empty an old value: in most messages none does."""

    def first(self, name: str) -> Segment | None:
        """The first segment of that name; None where there is none."""
        found = (self._segments or self._by_name()).get(name)
        return found[0] if found else None

    def all(self, name: str) -> Sequence[Segment]:
        """All segments of that name, in order. The message must not be put another for, once this was asked."""
        return (self._segments or self._by_name()).get(name, ())

    def _by_name(self) -> dict[str, list[Segment]]:
        found = self._segments
        for segment in self.message.segments:
            name = segment.name
            if name in found:
                found[name].append(segment)
            else:
                found[name] = [segment]
        return found

    def flag(self, code: str, place: str, expected: str) -> None:
        """Note something for a person to look at; the same note is made once."""
        note = Flag(code, place, expected)
        if note not in self.flags:
            self.flags.append(note)

    def note_signs(self, field: Field, place: str) -> None:
        """Flag a name or address with an unescaped "&": it is kept as sent, and may be one text or several subcomponents."""
        if field.syntax.delimiters.subcomponent in field.raw and not field.is_absent:
            self.flag("unescaped-sign", place, "& escaped where it is a sign; the text is kept as it was sent")

    def clears(self, field: Field) -> bool:
        """Whether the field empties the old value, by the dialect's word on `""`."""
        return self.may_clear and field.raw == NULL

    def holds(self, type: str, id: str) -> bool:  # noqa: A002  FHIR's words
        """Whether a draft of the resource is kept already."""
        return (type, id) in self._drafts

    def add(self, draft: Draft) -> None:
        """Keep a draft; the first one of a resource stays."""
        self._drafts.setdefault((draft.resource["resourceType"], draft.resource["id"]), draft)

    def drafts(self) -> Iterable[Draft]:
        """All drafts, in the order in which they were kept."""
        return self._drafts.values()

    def moment(self, field: Field, place: str) -> Moment | None:
        """The time in a field; None and, when something is there, a flag, where it is not one."""
        raw = field.raw
        text = raw if not raw or raw.isalnum() else field.text.strip()
        if not text:
            return None
        moment = read_moment(text, self.dialect.time_zone)
        if moment is None:
            self.flag("bad-date", place, "YYYY[MM[DD[HHMM[SS]]]] and no impossible part")
        return moment

    def put_moment(self, draft: Drafting, element: str, field: Field, place: str) -> Moment | None:
        """Put a dateTime; a bad one only as the sender's own text beside the element."""
        if not field.raw:
            return None
        if self.clears(field):
            draft.cleared.add(element)
            return None
        moment = self.moment(field, place)
        if moment is not None:
            draft.put(element, moment.text)
        elif field.text.strip():
            draft.put(f"_{element}", source_text(field.text))
        return moment
