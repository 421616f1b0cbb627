"""Parts: the components of a value as texts, parted once, because a translation asks for nearly all of them.

A component is kept whole. Senders forget to escape "&", and a name or address cut off at it would be another; so an FN or
SAD that has subcomponents is kept with its signs. Only an HD is parted further.
"""

from tabard.hl7v2 import Field, Syntax, unescape

_NULL = '""'
MOST = 30
"""A dialect names no component beyond."""

_BLANK = ("",) * MOST


class Parts(tuple[str, ...]):
    """Every component, unescaped and without spaces around it; "" where absent or null."""

    __slots__ = ()

    def part(self, n: int) -> str:
        """Component `n`, counted from 1; "" when it was not sent."""
        return self[n - 1] if n <= len(self) else ""

    def upto(self, n: int) -> tuple[str, ...]:
        """Components 1 to `n`, at most 30, those that were not sent as ""."""
        missing = n - len(self)
        return self + _BLANK[:missing] if missing > 0 else self[:n]


_NONE = Parts()


def repetitions_of(field: Field, *, hd: int = 0) -> list[Parts]:
    """The repetitions of a field that say anything.

    Component `hd` is an HD, told by its namespace, else by its universal id. Source: HL7 v2.4, 2.9.18 "HD".
    """
    raw, syntax = field.raw, field.syntax
    if not raw:
        return []
    if raw.isalnum():  # a common case: letters and digits are never delimiters
        return [Parts((raw,))]
    mark = syntax.delimiters.repetition
    if mark not in raw:
        parts = _parted(raw, syntax, hd)
        return [parts] if any(parts) else []
    return [parts for one in raw.split(mark) if any(parts := _parted(one, syntax, hd))]


def first_of(field: Field, *, hd: int = 0) -> Parts:
    """The first repetition that says anything; no parts at all where there is none."""
    raw = field.raw
    if not raw:
        return _NONE
    if raw.isalnum():
        return Parts((raw,))
    syntax = field.syntax
    if syntax.delimiters.repetition not in raw:
        parts = _parted(raw, syntax, hd)
        return parts if any(parts) else _NONE
    return next(iter(repetitions_of(field, hd=hd)), _NONE)


def lines_of(field: Field) -> str:
    """The text of a field of free text, a line a repetition: signs that should have been escaped are kept, and nothing is cut off."""
    texts = field.raw.split(field.syntax.delimiters.repetition) if field.raw else []
    return "\n".join("" if text == _NULL else unescape(text, field.syntax) for text in texts)


def _parted(raw: str, syntax: Syntax, hd: int) -> Parts:
    marks = syntax.delimiters
    texts = raw.split(marks.component)
    if marks.subcomponent in raw:
        texts = [_whole(text, marks.subcomponent, is_hd=n == hd) for n, text in enumerate(texts, start=1)]
    if _NULL in raw:
        texts = ["" if text == _NULL else text for text in texts]
    if marks.escape in raw:
        texts = [unescape(text, syntax) for text in texts]
    if " " in raw:
        texts = [text.strip() for text in texts]
    return Parts(texts)


def _whole(text: str, mark: str, *, is_hd: bool) -> str:
    """The component as sent, but nothing where it is nothing but marks; of an HD, what names it."""
    if not is_hd:
        return text if text.strip(mark) else ""
    namespace, universal_id, *_ = (*text.split(mark), "")
    return universal_id if namespace.strip() in {"", _NULL} else namespace
