"""Parts: the components of a value as texts, parted once, because a translation asks for nearly all of them."""

from tabard.hl7v2 import Field, Repetition, Value, unescape

_NULL = '""'


class Parts(tuple[str, ...]):
    """The first subcomponent of every component, unescaped and without spaces around it; "" where absent or null."""

    __slots__ = ()

    def part(self, n: int) -> str:
        """Component `n`, counted from 1; "" when it was not sent."""
        return self[n - 1] if n <= len(self) else ""


_NONE = Parts()


def parts_of(value: Repetition) -> Parts:
    """The components of one repetition."""
    return _parted(value.raw, value, whole=False)


def repetitions_of(field: Field, *, whole: bool = False) -> list[Parts]:
    """The repetitions of a field that say anything; `whole` where components have no subcomponents and "&" is only a sign."""
    raw = field.raw
    if not raw:
        return []
    texts = raw.split(field.syntax.delimiters.repetition)
    return [parts for one in texts if any(parts := _parted(one, field, whole=whole))]


def first_of(field: Field, *, whole: bool = False) -> Parts:
    """The first repetition that says anything; no parts at all where there is none."""
    repetitions = repetitions_of(field, whole=whole)
    return repetitions[0] if repetitions else _NONE


def lines_of(field: Field) -> str:
    """The text of a field of free text, a line a repetition: signs that should have been escaped are kept, and nothing is cut off."""
    texts = field.raw.split(field.syntax.delimiters.repetition) if field.raw else []
    return "\n".join("" if text == _NULL else unescape(text, field.syntax) for text in texts)


def authority_of(value: Repetition, n: int) -> str:
    """An HD in component `n`: its namespace, else its universal id. Source: HL7 v2.4, 2.9.18 "HD"."""
    hierarchic = value.component(n)
    return hierarchic.text.strip() or hierarchic.subcomponent(2).strip()


def _parted(raw: str, value: Value, *, whole: bool) -> Parts:
    marks = value.syntax.delimiters
    texts = raw.split(marks.component)
    if marks.subcomponent in raw and not whole:
        texts = [text.split(marks.subcomponent, 1)[0] for text in texts]
    if _NULL in raw:
        texts = ["" if text == _NULL else text for text in texts]
    if marks.escape in raw:
        texts = [unescape(text, value.syntax) for text in texts]
    if " " in raw:
        texts = [text.strip() for text in texts]
    return Parts(texts)
