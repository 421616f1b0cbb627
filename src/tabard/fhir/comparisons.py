"""Comparisons: the values that a search asks for, as tests over one index row. Pure; one function for each kind of value.

Source: FHIR R4 3.1.1.4 (kinds), 3.1.1.4.5 (prefixes).
"""

from collections.abc import Iterable, Sequence

from tabard.fhir.criteria import Both, Either, Is, Test
from tabard.fhir.folding import fold
from tabard.fhir.paths import reference_type
from tabard.fhir.search_values import Compared, Measured, Moment, Target, Token

_LAST = "\U0010ffff"
_TENTH = 10


def any_of(tests: Iterable[Test]) -> Test:
    """Any of the tests, without more around them than needed."""
    tests = tuple(tests)
    return tests[0] if len(tests) == 1 else Either(tests)


def of_tokens(tokens: Iterable[Token]) -> Test:
    """Codes, grouped by what is asked of their systems. Codes are compared exactly: a filter must not widen by case."""
    by_system: dict[str | None, list[str]] = {}
    whole: list[str] = []
    for each in tokens:
        if each.code is None:
            whole.append(each.system or "")
        else:
            by_system.setdefault(each.system, []).append(each.code)
    tests = [one_of("system", whole)] if whole else []
    for system, codes in by_system.items():
        code = one_of("code", codes)
        tests.append(code if system is None else Both((code, Is("system", "=", system))))
    return any_of(tests)


def of_text(text: str, modifier: str) -> Test:
    """A string: beginning so whatever case and accent, `contains` anywhere so, `exact` letter for letter."""
    folded = fold(text)
    if modifier == "contains":
        return Is("folded", "holds", folded)
    if modifier == "exact":
        return Both((Is("folded", "=", folded), Is("text", "=", text)))
    return Both((Is("folded", ">=", folded), Is("folded", "<", folded + _LAST)))


def of_uri(text: str, modifier: str) -> Test:
    """A URI: letter for letter, `below` itself and what is under it by whole segments, `above` itself and what it is under."""
    if modifier == "below":
        under = text if text.endswith("/") else f"{text}/"
        return Either((Is("uri", "=", text), Both((Is("uri", ">=", under), Is("uri", "<", under + _LAST)))))
    return one_of("uri", _above(text) if modifier == "above" else [text])


def of_moment(moment: Moment, now_us: int, columns: tuple[str, str] = ("low", "high"), width: int = 0) -> Test:
    """A target range against the searched one; `width` is what the upper column still lacks to be the target's end.

    `ap` widens what is searched by a tenth of its distance from now. Source: FHIR R4 3.1.1.4.5, 3.1.1.4.7 (date).
    """
    low, high = columns
    start, end = moment.range
    if moment.prefix == "ap":
        gap = abs(now_us - (start + end) // 2) // _TENTH
        return Both((Is(low, "<", end + gap), Is(high, ">", start - gap - width)))
    end_inside = end - width
    # The middle one says nothing new; it lets an index be read from one end of the range to the other.
    inside = Both((Is(low, ">=", start), Is(low, "<", end), Is(high, "<=", end_inside)))
    tests: dict[str, Test] = {
        "eq": inside,
        "ne": Either((Is(low, "<", start), Is(high, ">", end_inside))),
        "ge": Either((Is(high, ">", end_inside), inside)),
        "le": Either((Is(low, "<", start), inside)),
        "gt": Is(high, ">", end_inside),
        "lt": Is(low, "<", start),
        "sa": Is(low, ">=", end),
        "eb": Is(high, "<=", start - width),
    }
    return tests[moment.prefix]


def of_number(asked: Compared | Measured) -> Test:
    """A closed target range against a number: alone it stands for the range that its digits imply, after a prefix for itself.

    Source: FHIR R4 3.1.1.4.6.
    """
    value, low, high, near_low, near_high = asked.amount
    tests: dict[str, Test] = {
        "eq": Both((Is("low", ">=", low), Is("low", "<", high), Is("high", "<", high))),
        "ne": Either((Is("low", "<", low), Is("high", ">=", high))),
        "gt": Is("high", ">", value),
        "lt": Is("low", "<", value),
        "ge": Is("high", ">=", value),
        "le": Is("low", "<=", value),
        "sa": Is("low", ">", value),
        "eb": Is("high", "<", value),
        "ap": Both((Is("low", "<=", near_high), Is("high", ">=", near_low))),
    }
    return tests[asked.prefix]


def of_quantity(asked: Measured) -> Test:
    """A quantity: its number, and its unit by system and code, or by either spelling where no system is told."""
    number = of_number(asked)
    if asked.code is None:
        return number if asked.system is None else Both((number, Is("system", "=", asked.system)))
    if asked.system is None:
        return Both((number, Either((Is("code", "=", asked.code), Is("unit", "=", asked.code)))))
    return Both((number, Is("code", "=", asked.code), Is("system", "=", asked.system)))


def of_targets(targets: Iterable[Target], only: str) -> Test:
    """References, grouped by the type they name; those that a parameter of `only` one type cannot have match nothing."""
    by_type: dict[str | None, list[str]] = {}
    for each in targets:
        if (narrowed := _narrow(each, only)) is not None:
            by_type.setdefault(narrowed.type, []).append(narrowed.id)
    # An id alone means `Type/id` of any type, never a URL.
    return any_of(
        Both((one_of("target", ids), Is("type", "!=", "") if kind is None else Is("type", "=", kind)))
        for kind, ids in by_type.items()
    )


def one_of(column: str, values: Sequence[str]) -> Test:
    """The column has one of the values."""
    return Is(column, "=", values[0]) if len(values) == 1 else Is(column, "in", tuple(values))


def _narrow(target: Target, only: str) -> Target | None:
    """`target` as the values are kept for a parameter of this one type; None when it is of another."""
    if not only or target.type == only:
        return target
    if target.type is None:
        return target._replace(type=only)
    is_url = target.type == ""  # one that tells no type, such as a urn, may be of any
    return target if is_url and reference_type({"reference": target.id}) in {only, None} else None


def _above(text: str) -> list[str]:
    """`text` and each beginning of it that ends before or behind a slash, down to its host."""
    host = text.find("/", text.find("://") + 3) if "://" in text else text.find("/")
    cuts = [at for at, each in enumerate(text) if each == "/" and at >= host >= 0]
    return list(dict.fromkeys([text, *(text[:end] for at in cuts for end in (at, at + 1))]))
