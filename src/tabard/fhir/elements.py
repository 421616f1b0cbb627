"""Elements: how one element of a datatype tells the values that a search may find it by, as plain tuples.

What is not of the form its datatype promises is left out: a bad date is not found by a date search, and stops nothing.
Source: FHIR R4 3.1.1.4 (the kinds of search parameters and the datatypes each can read).
"""

from collections.abc import Callable, Sequence
from typing import Any

from tabard.fhir.amount_elements import (
    money,
    number,
    number_range,
    quantity,
    quantity_range,
    sampled_data,
)
from tabard.fhir.dates import Range, period_range, range_of
from tabard.fhir.folding import fold
from tabard.fhir.search_parameters import Kind, Place
from tabard.fhir.sounding import sounding
from tabard.ground.errors import InternalError

Value = tuple[Any, ...]
Read = Callable[[Any], Sequence[Value]]

_BOOLEANS = "http://terminology.hl7.org/CodeSystem/special-values"


def reader(kind: Kind, place: Place) -> Read:
    """How one element at `place` tells its values to a parameter of `kind`. Raises InternalError for a hole in the table."""
    if place.datatype == "code":
        return lambda element: _code(element, place.system)
    try:
        return _READERS[kind, place.datatype]
    except KeyError:
        raise InternalError("No index is known for this datatype.", where=place.path, got=place.datatype) from None


def identifier_types(element: Any) -> Sequence[Value]:
    """What `:of-type` finds an Identifier by: its value, with the system and code of its type.

    Source: FHIR R4 3.1.1.4.10 (`:of-type`).
    """
    value, kind = (element.get("value"), element.get("type")) if isinstance(element, dict) else (None, None)
    if not isinstance(value, str) or not value:
        return ()
    return [(value, f"{system}|{code}") for code, system in _concept(kind)]


def reference_identifier(element: Any) -> Sequence[Value]:
    """What `:identifier` finds a Reference by. Source: FHIR R4 3.1.1.4.12 (`:identifier`)."""
    return _identifier(element.get("identifier")) if isinstance(element, dict) else ()


def _code(element: Any, system: str) -> Sequence[Value]:
    return ((element, system),) if isinstance(element, str) and element else ()


def _plain(element: Any) -> Sequence[Value]:
    return _code(element, "")


def _boolean(element: Any) -> Sequence[Value]:
    return (("true" if element else "false", _BOOLEANS),) if isinstance(element, bool) else ()


def _present(element: Any) -> Sequence[Value]:
    """True for anything but false: that something is so, however it is told. What is not there is false."""
    return () if element is None or element is False else (("true", _BOOLEANS),)


def _identifier(element: Any) -> Sequence[Value]:
    return _token(element.get("value"), element.get("system")) if isinstance(element, dict) else ()


def _contact(element: Any) -> Sequence[Value]:
    return _token(element.get("value"), element.get("use")) if isinstance(element, dict) else ()


def _coding(element: Any) -> Sequence[Value]:
    return _token(element.get("code"), element.get("system")) if isinstance(element, dict) else ()


def _concept(element: Any) -> Sequence[Value]:
    if not isinstance(element, dict):
        return ()
    return [value for coding in _list(element.get("coding")) for value in _coding(coding)]


def _token(code: Any, system: Any) -> Sequence[Value]:
    return ((code, system if isinstance(system, str) else ""),) if isinstance(code, str) and code else ()


def _string(element: Any) -> Sequence[Value]:
    return ((folded, element),) if isinstance(element, str) and (folded := fold(element)) else ()


def _spoken(element: Any) -> Sequence[Value]:
    return [(each, "") for each in sounding(element)] if isinstance(element, str) else ()


def _date(element: Any) -> Sequence[Range]:
    try:
        return (range_of(element),)
    except (TypeError, ValueError):
        return ()


def _period(element: Any) -> Sequence[Range]:
    found = period_range(element)
    return () if found is None else (found,)


def _timing(element: Any) -> Sequence[Range]:
    """Only the outer limits of a Timing count. Source: FHIR R4 3.1.1.4.7."""
    if not isinstance(element, dict):
        return ()
    repeat = element.get("repeat")
    ranges = [each for event in _list(element.get("event")) for each in _date(event)]
    ranges += _period(repeat.get("boundsPeriod")) if isinstance(repeat, dict) else ()
    return ((min(low for low, _ in ranges), max(high for _, high in ranges)),) if ranges else ()


def _reference(element: Any) -> Sequence[Value]:
    told = element.get("reference") if isinstance(element, dict) else None
    if not isinstance(told, str) or not told or told.startswith("#"):
        return ()
    parts = told.split("/_history/")[0].split("/")
    return ((parts[1], parts[0]) if len(parts) == 2 else (told, ""),)  # noqa: PLR2004  `Type/id`


def _canonical(element: Any) -> Sequence[Value]:
    """A canonical is found with its version and without."""
    if not isinstance(element, str) or not element or element.startswith("#"):
        return ()
    bare, version, _ = element.partition("|")
    return ((element, ""), (bare, "")) if version and bare else ((element, ""),)


def _contained(element: Any) -> Sequence[Value]:
    """A resource inside a Bundle, as if it were referred to."""
    named = (element.get("id"), element.get("resourceType")) if isinstance(element, dict) else (None, None)
    return (named,) if all(isinstance(each, str) and each for each in named) else ()


def _uri(element: Any) -> Sequence[Value]:
    return ((element,),) if isinstance(element, str) and element else ()


def _versioned(element: Any) -> Sequence[Value]:
    return [(found,) for found, _ in _canonical(element)]


def _list(element: Any) -> list[Any]:
    return element if isinstance(element, list) else []


_READERS: dict[tuple[Kind, str], Read] = {
    ("token", "boolean"): _boolean,
    ("token", "present"): _present,
    ("token", "Identifier"): _identifier,
    ("token", "ContactPoint"): _contact,
    ("token", "Coding"): _coding,
    ("token", "CodeableConcept"): _concept,
    ("token", "string"): _plain,
    ("token", "id"): _plain,
    ("token", "uri"): _plain,
    ("string", "string"): _string,
    ("string", "markdown"): _string,
    ("string", "spoken"): _spoken,
    ("date", "date"): _date,
    ("date", "dateTime"): _date,
    ("date", "instant"): _date,
    ("date", "Period"): _period,
    ("date", "Timing"): _timing,
    ("reference", "Reference"): _reference,
    ("reference", "canonical"): _canonical,
    ("reference", "uri"): _canonical,
    ("reference", "Resource"): _contained,
    ("number", "integer"): number,
    ("number", "decimal"): number,
    ("number", "Range"): number_range,
    ("quantity", "Quantity"): quantity,
    ("quantity", "Age"): quantity,
    ("quantity", "Duration"): quantity,
    ("quantity", "Money"): money,
    ("quantity", "Range"): quantity_range,
    ("quantity", "SampledData"): sampled_data,
    ("uri", "uri"): _uri,
    ("uri", "url"): _uri,
    ("uri", "canonical"): _versioned,
}
