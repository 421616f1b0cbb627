"""Trials: a message translated again and again, each time with one thing said differently, to see what follows from it."""

from collections.abc import Iterable, Iterator

import msgspec

from tabard.dialect.errors import Untranslatable
from tabard.dialect.explaining.dialect_variants import variants
from tabard.dialect.explaining.elements import MESSAGE, Named, Place, changed, named, values
from tabard.dialect.explaining.explanation import Explained, Explanation
from tabard.dialect.explaining.message_variants import altered, name_of, places, written
from tabard.dialect.explaining.readable_ids import ReadableIds
from tabard.dialect.explaining.words import Words
from tabard.dialect.model import Event
from tabard.dialect.schema import Dialect
from tabard.dialect.translation import translate
from tabard.hl7v2 import Message, Path

_EVENT = "MSH-9"
_MEANING = (MESSAGE, "event")

Found = dict[Place, dict[str, None]]
"""What was found to make each element, in the order in which it was found."""


def explain(message: Message, dialect: Dialect) -> Explanation:
    """For each element of what the message becomes: its value, the fields that made it, and the dialect's keys.

    A thousand translations or more: under a second for an admission, some seconds for many results. Raises Untranslatable where the message
    is not translated at all.
    """
    translation = translate(message, dialect, ReadableIds())
    trial = _Trial(message, dialect, named(translation))
    fields, keys = trial.fields(), trial.keys()
    elements = [
        Explained(*place, value, tuple(fields.get(place, ())), tuple(keys.get(place, ())))
        for place, value in values(trial.before)
    ]
    return Explanation(tuple(elements), translation.unmapped)


class _Trial:
    """One message in its dialect, and what it becomes."""

    def __init__(self, message: Message, dialect: Dialect, before: Named) -> None:
        self.before = before
        self._message = message
        self._dialect = dialect
        self._held = tuple(dict.fromkeys(f"{path.segment}-{path.field}" for path in places(message)))
        self._everything = {place for place, _ in values(before)}
        self._of_event = dict.fromkeys(self._by_event())

    def fields(self) -> Found:
        """The fields of each element: altering them alters it; else taking them away does; else all of one text together."""
        found: Found = {_MEANING: {_EVENT: None}}
        held = places(self._message)
        words = Words(self._dialect)
        for path in held:
            others = words.beside(path.read(self._message) or "")
            self._note(found, (path,), altered(self._message, path, others))
        for path in held:
            self._note_missing(found, (path,), "")
        for same in self._repeated(held):
            self._note_missing(found, same, "Zy")
        for place in self._of_event:
            found.setdefault(place, {})[_EVENT] = None
        return found

    def keys(self) -> Found:
        """The keys of the dialect for each element."""
        found: Found = {_MEANING: {"events": None}}
        for key, dialect in variants(self._dialect, self._held):
            for place in self._changes(self._message, dialect):
                found.setdefault(place, {})[key] = None
        for place in self._of_event:
            found.setdefault(place, {})["events"] = None
        return found

    def _note(self, found: Found, paths: tuple[Path, ...], messages: Iterable[Message]) -> None:
        for message in messages:
            for place in self._changes(message, self._dialect):
                found.setdefault(place, {}).update(dict.fromkeys(name_of(path, self._message) for path in paths))

    def _note_missing(self, found: Found, paths: tuple[Path, ...], raw: str) -> None:
        """As `_note`, for elements alone for which nothing was found yet."""
        message = written(self._message, paths, raw)
        if message is None or not self._everything.difference(found):
            return
        names = dict.fromkeys(name_of(path, self._message) for path in paths)
        for place in self._changes(message, self._dialect, is_gone_told=False).difference(found):
            found[place] = dict(names)

    def _repeated(self, held: list[Path]) -> Iterator[tuple[Path, ...]]:
        """Places that say the same: one alone may be altered without effect, because another says it too."""
        same: dict[tuple[str, int, int], list[Path]] = {}
        for path in held:
            same.setdefault((path.read_raw(self._message) or "", path.component, path.subcomponent), []).append(path)
        return (tuple(paths) for paths in same.values() if len(paths) > 1)

    def _by_event(self) -> Iterator[Place]:
        """What this message's trigger decides: what changes where it means something else that tells of the same resources."""
        trigger = self._message.header.event
        now = self._dialect.events.get(trigger)
        for event in Event:
            if event is not now:
                events = {**self._dialect.events, trigger: event}
                after = _translated(self._message, msgspec.structs.replace(self._dialect, events=events))
                if after is not None and after.keys() == self.before.keys():
                    yield from changed(self.before, after) & self._everything

    def _changes(self, message: Message, dialect: Dialect, *, is_gone_told: bool = True) -> set[Place]:
        after = _translated(message, dialect)
        if after is None:
            return set()
        return changed(self.before, after, is_gone_told=is_gone_told) & self._everything


def _translated(message: Message, dialect: Dialect) -> Named | None:
    """What the variant becomes; None where it becomes nothing."""
    try:
        return named(translate(message, dialect, ReadableIds()))
    except Untranslatable:
        return None
    except Exception:  # noqa: BLE001  a dialect varied like this need not be one that a message can be read by
        return None
