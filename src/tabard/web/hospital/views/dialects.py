"""A link's dialect, its history and a proposed change, in words for people. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from tabard.dialect import BadDialect
from tabard.ground.errors import CallerError
from tabard.link import About, Change, DialectEntry, MessageChange, Proposal
from tabard.web.design.times import When, when
from tabard.web.hospital.views.reasons import reason_words, sentence

_STEPS = {
    "first": "was there when its history began",
    "proposed": "was proposed",
    "shadowed": "ran in the shadow",
    "approved": "was approved",
    "live": "went live",
    "back": "was gone back to",
}
_ROLES = {"integration": "an integration lead", "clinical_safety": "a clinical safety officer"}
_KINDS = {
    "identifiers": "who is whom",
    "merge": "merges",
    "null": "what is emptied",
    "location": "where a patient lies",
    "other": "other",
}
_SHORT = 12
_LONGEST = 300
_MOST_ELEMENTS = 40
_MOST_LAST = 100_000


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the history."""

    at: When
    digest: str
    what: str
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Differs:
    """One key of the dialect that the proposal changes, and whether it wants two persons' words."""

    key: str
    old: str
    new: str
    kind: str
    is_risky: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """One message that would be filed otherwise: what of it is parked by whom, and element by element."""

    seq: int
    parked: tuple[str, ...]
    elements: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in a proposed text, and the line in which it stands."""

    words: str
    line: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a text was not proposed, with what was typed."""

    title: str
    faults: tuple[Mistake, ...]
    remedy: str
    text: str
    reason: str


def wrong(fault: CallerError, text: str, reason: str) -> Wrong:
    """What a person can do about a proposal that was refused: each fault beside the line that it means."""
    if not isinstance(fault, BadDialect):
        said = Mistake(sentence(fault.message), "")
        return Wrong("It is not proposed", (said,), sentence(fault.remedy or ""), text, reason)
    lines = text.splitlines()
    told = [Mistake(sentence(str(one)), _line(lines, one.line)) for one in fault.faults]
    number = "1 fault" if len(told) == 1 else f"{len(told)} faults"
    return Wrong(f"It is not proposed: the text has {number}", tuple(told), "", text, reason)


def _line(lines: Sequence[str], number: int | None) -> str:
    return lines[number - 1].strip() if number is not None and 0 < number <= len(lines) else ""


def short(digest: str) -> str:
    """The first digits of a digest."""
    return digest[:_SHORT]


def history(about: About) -> tuple[Happened, ...]:
    """What happened to the link's dialect, newest first."""
    return tuple(_happened(entry) for entry in about.history)


def _happened(entry: DialectEntry) -> Happened:
    why = entry.reason
    if entry.span:
        why = f"{entry.span}: {entry.messages:,} messages, {entry.changed:,} would be filed otherwise"
    who = f"{entry.name}, as {role_words(entry.role)}" if entry.role else entry.name
    return Happened(when(entry.at), short(entry.digest), _STEPS[entry.step.value], who, why)


def role_words(role: str) -> str:
    """`a clinical safety officer` for `clinical_safety`."""
    return _ROLES.get(role, role.replace("_", " "))


def differs(changes: Iterable[Change]) -> tuple[Differs, ...]:
    """What a proposal changes, key by key."""
    return tuple(
        Differs(one.key, value(one.old), value(one.new), _KINDS[one.kind.value], one.kind.value != "other")
        for one in changes
    )


def missing(proposal: Proposal) -> str:
    """Whose words are missing, such as `an integration lead and a clinical safety officer`."""
    return " and ".join(map(role_words, proposal.missing))


def most_changed(elements: Mapping[str, int]) -> list[tuple[str, int]]:
    """The elements that differ in most messages, with how many those are."""
    return list(islice(sorted(elements.items(), key=lambda one: (-one[1], one[0])), _MOST_ELEMENTS))


def changed(found: Iterable[MessageChange]) -> tuple[Changed, ...]:
    """Messages of a report."""
    return tuple(_changed(one) for one in found)


def _changed(one: MessageChange) -> Changed:
    parked = [
        f"The {words} dialect parks it: {reason_words(reason).lower()}."
        for words, reason in (("live", one.parked_then), ("proposed", one.parked_now))
        if reason
    ]
    elements = tuple(
        (f"{each.resource} {each.element}".strip(), value(each.old), value(each.new)) for each in one.changes
    )
    return Changed(one.seq, tuple(parked), elements)


def value(told: Any) -> str:
    """A value in a line; what is not there is `nothing`."""
    if told is None:
        return "nothing"
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"


def span(form: Mapping[str, str]) -> tuple[date | None, int | None]:
    """Over which messages to run: a day, or the last so many; yesterday where nothing is said. Raises CallerError."""
    day, last = form.get("day", "").strip(), form.get("last", "").strip()
    try:
        most, on = int(last or "1"), date.fromisoformat(day or "2000-01-01")
    except ValueError:
        most, on = 0, None
    if not 0 < most <= _MOST_LAST or on is None or (day and last):
        raise CallerError(
            "This is no day and no number of messages.",
            expected=f"a day such as 2026-11-22, or a number up to {_MOST_LAST:,}",
            remedy="Write one of the two, or neither for yesterday.",
        )
    return on if day else None, most if last else None
