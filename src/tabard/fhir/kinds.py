"""Kinds: what the values of one search parameter ask, by its kind and modifier, as a criterion.

Every function raises ValueError (without the text) for a value that is not of its form. Source: FHIR R4 3.1.1.4.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tabard.fhir import comparisons, search_values
from tabard.fhir.criteria import All, Any_, Both, Criterion, Either, Has, Is, Lacks, Own, Test, Together
from tabard.fhir.folding import fold
from tabard.fhir.limits import MAX_SEGMENTS, MAX_TESTS, require
from tabard.fhir.search_parameters import Component, Kind, Parameter, Place
from tabard.fhir.search_values import Token
from tabard.fhir.sounding import sounding

ID, IDENTIFIER, REFERENCE, DAY, TEXT, CODE, DATE, UPDATED, WHOLE = range(0, 90, 10)
"""Ranks: how few resources are expected, fewest first."""

_INSTANT_US = 1000  # lastUpdated is told in milliseconds


class Asked(NamedTuple):
    """The values between the commas, still escaped unless `is_plain`; any of them may match."""

    values: tuple[str, ...]
    modifier: str
    is_plain: bool
    now_us: int

    def plain(self) -> list[str]:
        """The values without escapes."""
        return list(self.values) if self.is_plain else [search_values.plain(each) for each in self.values]

    def token(self, value: str) -> Token:
        """One value as a token."""
        return search_values.plain_token(value) if self.is_plain else search_values.token(value)


def ask(parameter: Parameter, asked: Asked) -> Criterion:
    """What `asked` asks of `parameter`, whose kind allows its modifier."""
    if asked.modifier == "missing":
        return _missing(parameter, asked)
    return _BY_KIND[parameter.kind](parameter, asked)


def ask_id(asked: Asked) -> Criterion:
    """`_id`."""
    return Own(comparisons.one_of("id", asked.plain()), ID)


def ask_updated(asked: Asked) -> Criterion:
    """`_lastUpdated`: compared as the millisecond that the body tells."""
    moments = [search_values.moment(each) for each in asked.values]
    tests = [comparisons.of_moment(each, asked.now_us, ("updated", "updated"), _INSTANT_US) for each in moments]
    return Own(comparisons.any_of(tests), UPDATED)


def ask_source(asked: Asked) -> Criterion:
    """`_source`: the link or product that the resource came by."""
    tests = [_uri_test("source", text, asked.modifier) for text in asked.plain()]
    return Own(comparisons.any_of(tests), WHOLE)


def _token(parameter: Parameter, asked: Asked) -> Criterion:
    if any(place.datatype == "present" for place in parameter.places):
        return _present(parameter, asked)
    if asked.modifier == "of-type":
        return _of_type(parameter, asked)
    tokens = [asked.token(each) for each in asked.values]
    is_whole = any(each.code is None for each in tokens)
    is_identifier = any(place.datatype == "Identifier" for place in parameter.places)
    rank = WHOLE if is_whole else IDENTIFIER if is_identifier else CODE
    found = Has("token", numbers(parameter.places), comparisons.of_tokens(tokens), rank, is_whole)
    return Lacks(found) if asked.modifier == "not" else found


def _present(parameter: Parameter, asked: Asked) -> Criterion:
    """A boolean that is false wherever it is not told."""
    found = Has("token", numbers(parameter.places), Is("code", "=", "true"), CODE)
    codes = {asked.token(each).code for each in asked.values}
    if not codes <= {"true", "false"}:
        raise ValueError("not a boolean")
    criteria = [found if code == "true" else Lacks(found) for code in sorted(codes, key=str)]
    wanted = criteria[0] if len(criteria) == 1 else Any_(tuple(criteria))
    return Lacks(wanted) if asked.modifier == "not" else wanted


def _of_type(parameter: Parameter, asked: Asked) -> Criterion:
    places = tuple(-place.number for place in parameter.places if place.datatype == "Identifier")
    typed = [search_values.typed(each) for each in asked.values]
    tests = [Both((Is("code", "=", each.value), Is("system", "=", f"{each.system}|{each.code}"))) for each in typed]
    return Has("token", places, comparisons.any_of(tests), IDENTIFIER)


def _string(parameter: Parameter, asked: Asked) -> Criterion:
    texts = asked.plain()
    if not all(map(fold, texts)):
        raise ValueError("nothing to compare")
    if any(place.datatype == "spoken" for place in parameter.places):
        return _spoken(parameter, texts)
    tests = [comparisons.of_text(text, asked.modifier) for text in texts]
    rank = WHOLE if asked.modifier == "contains" else TEXT
    return Has("string", numbers(parameter.places), comparisons.any_of(tests), rank, is_scan=True)


def _spoken(parameter: Parameter, texts: Sequence[str]) -> Criterion:
    """Each word of a text sounds like some word of the name."""
    found = [sounding(text) for text in texts]
    if not all(found):
        raise ValueError("nothing to hear")
    places = numbers(parameter.places)
    words = [All(tuple(Has("string", places, Is("folded", "=", code), TEXT) for code in codes)) for codes in found]
    return words[0] if len(words) == 1 else Any_(tuple(words))


def _date(parameter: Parameter, asked: Asked) -> Criterion:
    moments = [search_values.moment(each) for each in asked.values]
    tests = [comparisons.of_moment(each, asked.now_us) for each in moments]
    rank = DAY if all(each.prefix == "eq" for each in moments) else DATE
    return Has("date", numbers(parameter.places), comparisons.any_of(tests), rank)


def _reference(parameter: Parameter, asked: Asked) -> Criterion:
    if asked.modifier == "identifier":
        tokens = comparisons.of_tokens([asked.token(each) for each in asked.values])
        return Has("token", numbers(parameter.places), tokens, IDENTIFIER)
    targets = [search_values.target(each) for each in asked.values]
    if asked.modifier:
        if any(each.type not in {None, asked.modifier} for each in targets):
            raise ValueError("the modifier and the value name two types")
        targets = [each._replace(type=asked.modifier) for each in targets]
    return Has("reference", numbers(parameter.places), comparisons.of_targets(targets, parameter.only), REFERENCE)


def _number(parameter: Parameter, asked: Asked) -> Criterion:
    tests = [comparisons.of_number(search_values.compared(each)) for each in asked.values]
    return Has("number", numbers(parameter.places), comparisons.any_of(tests), DATE)


def _quantity(parameter: Parameter, asked: Asked) -> Criterion:
    tests = [comparisons.of_quantity(search_values.measured(each)) for each in asked.values]
    return Has("quantity", numbers(parameter.places), comparisons.any_of(tests), DATE)


def _uri(parameter: Parameter, asked: Asked) -> Criterion:
    tests = [_uri_test("uri", text, asked.modifier) for text in asked.plain()]
    return Has("uri", numbers(parameter.places), comparisons.any_of(tests), CODE, is_scan=asked.modifier == "below")


def _uri_test(column: str, text: str, modifier: str) -> Test:
    if modifier == "above":
        require(text.count("/"), MAX_SEGMENTS, "segments in a URI", remedy="Ask for a shorter one.")
    return _renamed(comparisons.of_uri(text, modifier), column)


def _renamed(test: Test, column: str) -> Test:
    match test:
        case Is(_, how, value):
            return Is(column, how, value)
        case Both(tests):
            return Both(tuple(_renamed(each, column) for each in tests))
        case Either(tests):
            return Either(tuple(_renamed(each, column) for each in tests))


def _composite(parameter: Parameter, asked: Asked) -> Criterion:
    """Each value gives one part to each component; components of one repeating element must come from the same one.

    Where the element does not repeat, or is the resource, values of the parts stand together by themselves.
    """
    criteria = [_one_composite(parts, value, asked) for value in asked.values for parts in parameter.composites]
    require(len(criteria), MAX_TESTS, "different values", parameter.name)
    return criteria[0] if len(criteria) == 1 else Any_(tuple(criteria))


def _one_composite(parts: Sequence[Component], value: str, asked: Asked) -> Criterion:
    told = search_values.components(value)
    if len(told) != len(parts):
        raise ValueError("not as many parts as the composite has")
    inner = [_component(part, asked._replace(values=(text,))) for part, text in zip(parts, told, strict=True)]
    placed = [each for each, part in zip(inner, parts, strict=True) if part.places[0].around]
    others: list[Criterion] = [each for each in inner if each not in placed]
    if len(placed) > 1:
        others.append(Together(tuple(placed), min(each.rank for each in placed)))
    else:
        others += placed
    return others[0] if len(others) == 1 else All(tuple(others))


def _component(part: Component, asked: Asked) -> Has:
    parameter = Parameter("", part.name, part.kind, part.places, (), "")
    found = _BY_KIND[part.kind](parameter, asked)
    if not isinstance(found, Has):
        raise ValueError("a part that cannot be compared within a composite")  # noqa: TRY004  the value is at fault
    return found


def _missing(parameter: Parameter, asked: Asked) -> Criterion:
    """Whether it has no value by which it could be found."""
    if asked.values not in {("true",), ("false",)}:
        raise ValueError("neither true nor false")
    test: Test = Is("type", "in", (parameter.only, "")) if parameter.only else Both(())
    found = Has(parameter.kind, numbers(parameter.places), test, WHOLE, is_scan=True)
    return Lacks(found) if asked.values == ("true",) else found


def numbers(places: Sequence[Place]) -> tuple[int, ...]:
    """The numbers of the places."""
    return tuple(place.number for place in places)


_BY_KIND: Mapping[Kind, Callable[[Parameter, Asked], Criterion]] = {
    "token": _token,
    "string": _string,
    "date": _date,
    "reference": _reference,
    "number": _number,
    "quantity": _quantity,
    "uri": _uri,
    "composite": _composite,
}
