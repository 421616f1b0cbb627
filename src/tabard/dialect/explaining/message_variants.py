"""Variants of a message: the same message with one thing in it said differently, or not at all."""

import re
from collections.abc import Iterator, Sequence

from tabard.fhir import nhs_number
from tabard.hl7v2 import NULL, Message, Path, Unreadable, Unwritable, leaves

_DATED = re.compile(r"(19|20)\d{2}(\d{2}(\d{2}(\d{4}(\d{2})?)?)?)?(\.\d+)?([+-]\d{4})?", re.ASCII)
_YEAR_ENDS = 3
_STEPS = 30
"""Among so many numbers one passes the check at least."""

_NOT_VARIED = {"MSH": frozenset({1, 2, 9, 10, 11, 12, 18})}
"""What decides whether and how a message is read at all. MSH-9 is varied by other events."""

Variant = tuple[tuple[str, ...], Message]
"""The places that were varied, by the names that people give them, and the message so varied."""


def places(message: Message) -> list[Path]:
    """Every place that holds something and may be varied."""
    return [path for path in leaves(message) if path.field not in _NOT_VARIED.get(path.segment, ())]


def altered(message: Message, path: Path, others: Sequence[str]) -> Iterator[Message]:
    """The message with the text at `path` altered in some ways, and exchanged for each of `others`."""
    raw = path.read_raw(message) or ""
    for text in dict.fromkeys(() if raw == NULL else (*_texts(raw), *others)):
        if text and text != raw and (one := written(message, [path], text)) is not None:
            yield one


def _texts(raw: str) -> Iterator[str]:
    """Texts like it, so that it is read alike; then shorter, longer and of another shape, so that it is not."""
    yield from _next_nhs_number(raw)
    yield _turned(raw, last=True)
    yield _turned(raw, last=False)
    yield raw[:-1]
    yield raw[1:]
    yield f"{raw}0"
    middle = len(raw) // 2
    yield raw[:middle] + ("x" if raw[middle].isdigit() else "9") + raw[middle + 1 :]
    yield f"{raw} x"


def written(message: Message, paths: Sequence[Path], raw: str) -> Message | None:
    """The message with `raw` at each of the places; None where it can no longer be read."""
    try:
        for path in paths:
            message = path.write_raw(message, raw)
    except (Unreadable, Unwritable):
        return None
    return message


def name_of(path: Path, message: Message) -> str:
    """The place as people name it: no deeper than the field is parted."""
    marks = message.delimiters
    field = Path(path.segment, path.field, path.nth).read_raw(message) or ""
    component = Path(path.segment, path.field, path.nth, path.repetition, path.component).read_raw(message) or ""
    is_parted = marks.component in field
    return str(
        Path(
            path.segment,
            path.field,
            path.nth,
            path.repetition if path.repetition > 1 else 0,
            path.component if is_parted or marks.subcomponent in component else 0,
            path.subcomponent if marks.subcomponent in component else 0,
        )
    )


def _next_nhs_number(raw: str) -> Iterator[str]:
    """The next number that passes the check of an NHS number: one that fails it is read otherwise."""
    if nhs_number.is_valid(raw):
        after = (str(int(raw) + step).zfill(len(raw)) for step in range(1, _STEPS))
        yield from [number for number in after if nhs_number.is_valid(number)][:1]


def _turned(raw: str, *, last: bool) -> str:
    """The text with one sign of it exchanged for the next: of a date the year's last digit, else the last or first sign."""
    if _DATED.fullmatch(raw):
        at = _YEAR_ENDS if last else _YEAR_ENDS - 1
        return raw[:at] + _next(raw[at]) + raw[at + 1 :]
    signs = [n for n, sign in enumerate(raw) if sign.isalnum() and sign.isascii()]
    if not signs:
        return raw
    at = signs[-1 if last else 0]
    return raw[:at] + _next(raw[at]) + raw[at + 1 :]


def _next(sign: str) -> str:
    if sign.isdigit():
        return str((int(sign) + 1) % 10)
    return {"z": "a", "Z": "A"}.get(sign) or chr(ord(sign) + 1)
