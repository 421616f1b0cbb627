"""Modifiers: which of them each kind of parameter takes, and how what is not understood is refused by name.

Source: FHIR R4 3.1.1.4.5 (modifiers), 3.1.1.3 (handling=strict).
"""

from collections.abc import Sequence

from tabard.fhir.search_errors import BadSearch
from tabard.fhir.search_parameters import COMMON, Kind, Parameter, parameters_of, refused_of

OWN = ("_id", "_lastUpdated", "_source")
"""Parameters of every type that are the record's own."""

BY_KIND: dict[Kind, tuple[str, ...]] = {
    "token": ("not", "of-type", "missing"),
    "string": ("exact", "contains", "missing"),
    "date": ("missing",),
    "reference": ("identifier", "missing"),
    "number": ("missing",),
    "quantity": ("missing",),
    "uri": ("above", "below", "missing"),
    "composite": (),
}
"""The modifiers of each kind, besides the types that a reference may have. Of one parameter see `allowed`."""
_UNSUPPORTED = {"text", "in", "not-in", "above", "below", "code-text", "text-advanced", "iterate"}
_REFUSED = ("_content", "_filter", "_list", "_query", "_text")
_DATE_FORM = (
    "a date such as ge2026-03-01 or 2026-03-01T08:30:00Z, + written as %2B, prefixes eq ne gt lt ge le sa eb ap"
)
_FORMS = {
    "token": "code, system|code, |code or system|",
    "string": "some text",
    "date": _DATE_FORM,
    "_lastUpdated": _DATE_FORM,
    "reference": "Type/id, an id, or a URL",
    "number": "a number such as 100 or lt5.4e-3, prefixes eq ne gt lt ge le sa eb ap",
    "quantity": "a number such as ge5.4, or with its unit: 5.4|system|code or 5.4||code",
    "uri": "a URI, letter for letter",
    "composite": "one value for each component, $ between them",
    "_id": "ids with commas between them",
    "_source": "a URI, letter for letter",
}


def unknown(resource_type: str, name: str) -> BadSearch:
    """The refusal of a parameter that the type does not have, or that is not carried out here."""
    bare = name.partition(":")[0]
    is_told = bare in refused_of(resource_type) or bare in _REFUSED
    return BadSearch(
        "This parameter is not supported here." if is_told else "This search does not know the parameter.",
        where=f"{resource_type}?{name[:64]}",
        expected=", ".join((*parameters_of(resource_type), *COMMON, *OWN)),
        remedy="Leave it out, or ask for one of those that are known.",
        reason="unsupported" if is_told else "form",
    )


def known(resource_type: str, name: str) -> Parameter | None:
    """The parameter of a type, or of every type."""
    return COMMON.get(name) or parameters_of(resource_type).get(name)


def allowed(parameter: Parameter) -> tuple[str, ...]:
    """The modifiers that a parameter takes, types among them."""
    datatypes = {place.datatype for place in parameter.places}
    found = BY_KIND[parameter.kind]
    if "Identifier" not in datatypes:
        found = tuple(each for each in found if each != "of-type")
    if parameter.kind == "reference":
        return (*(found if "Reference" in datatypes else ("missing",)), *parameter.targets)
    if "spoken" in datatypes:
        return ("missing",)
    return ("not",) if "present" in datatypes else found


def bad_modifier(name: str, modifier: str, expected: Sequence[str]) -> BadSearch:
    """The refusal of a modifier."""
    is_told = modifier in _UNSUPPORTED
    return BadSearch(
        "This modifier is not supported here." if is_told else "This parameter does not know the modifier or type.",
        where=name[:64],
        expected=", ".join(f":{each}" for each in expected[:20]) or "no modifier",
        reason="unsupported" if is_told else "form",
    )


def form_of(kind: str, modifier: str) -> str | None:
    """How a value of a kind is written."""
    if modifier == "missing":
        return "true or false"
    return "system|code|value" if modifier == "of-type" else _FORMS.get(kind)
