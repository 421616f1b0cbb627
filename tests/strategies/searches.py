"""Resources and searches made by a seed: many values of few kinds, so that searches find some and not all of them.

Not Hypothesis: its examples lean to what is simplest, and two resources that share nothing show nothing.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from tabard.fhir import Resource
from tabard.fhir.indexing import Row, rows_of
from tabard.fhir.search_parameters import COMMON, Component, Kind, Parameter, parameters_of
from tabard.fhir.search_values import escape

AMOUNTS = (0, 1, 5, 100, -3, 5.4, 5.41, 0.05, 1000)
DATES = (
    "2020",
    "2020-03",
    "2020-03-10",
    "2020-03-11",
    "2020-03-10T10:00:00Z",
    "2020-03-10T10:00:00.500+01:00",
    "1999-12-31",
)
WORDS = (
    "Smith",
    "smith",
    "Smyth",
    "O'Brien",
    "O\u2019BRIEN",
    "Łuk",
    "van der Berg",
    "a,b|c\\d$e",
    "%",
    "_",
    "' OR 1=1 --",
)
URIS = ("http://x", "http://x/", "http://x/a", "http://x/a/b", "http://xa", "urn:oid:1.2")
PREFIXES = ("", "", "", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
MODIFIERS: dict[Kind, tuple[str, ...]] = {
    "token": ("not", "of-type", "text"),
    "string": ("exact", "contains"),
    "reference": ("identifier", "Patient", "Group"),
    "uri": ("above", "below"),
}


def _maybe(random: Random, **elements: Callable[[Random], Any]) -> dict[str, Any]:
    return {name: make(random) for name, make in elements.items() if random.random() < 0.6}


def _few(make: Callable[[Random], Any], most: int = 2) -> Callable[[Random], list[Any]]:
    return lambda random: [make(random) for _ in range(random.randint(0, most))]


def _one_of(*values: Any) -> Callable[[Random], Any]:
    return lambda random: random.choice(values)


def _coding(random: Random) -> dict[str, Any]:
    return _maybe(random, system=_one_of("urn:x", "urn:y")) | {"code": random.choice("12")}


def _concept(random: Random) -> dict[str, Any]:
    return _maybe(random, coding=_few(_coding), text=_one_of(*WORDS))


def _quantity(random: Random) -> dict[str, Any]:
    unit = {"unit": "mg", "code": random.choice(["mg", "kg"])} | _maybe(random, system=_one_of("urn:u"))
    comparator = {"comparator": random.choice(["<", "<=", ">=", ">"])} if random.random() < 0.3 else {}
    return {"value": random.choice(AMOUNTS), **unit, **comparator}


def _period(random: Random) -> dict[str, Any]:
    return _maybe(random, start=_one_of(*DATES), end=_one_of(*DATES))


def _reference(random: Random) -> dict[str, Any]:
    told = random.choice(["Patient/a", "Patient/b", "Group/a", "http://x/Patient/a", "urn:uuid:1", "#c"])
    return {"reference": told} | ({"identifier": _identifier(random)} if random.random() < 0.3 else {})


def _identifier(random: Random) -> dict[str, Any]:
    return {"value": random.choice("12")} | _maybe(random, system=_one_of("urn:x", "urn:y"), type=_concept)


def _name(random: Random) -> dict[str, Any]:
    return _maybe(random, family=_one_of(*WORDS), given=_few(_one_of(*WORDS)), text=_one_of(*WORDS))


def _contact(random: Random) -> dict[str, Any]:
    return _maybe(random, system=_one_of("phone", "email", "sms"), use=_one_of("home", "work"), value=_one_of("1", "2"))


def _meta(random: Random) -> dict[str, Any]:
    return _maybe(
        random, tag=_few(_coding), security=_few(_coding), profile=_few(_one_of("http://x/p", "http://x/p|1"))
    )


def _component(random: Random) -> dict[str, Any]:
    return _maybe(random, code=_concept, valueQuantity=_quantity, valueCodeableConcept=_concept)


def _value(random: Random) -> dict[str, Any]:
    return random.choice(
        [{"valueQuantity": _quantity(random)}, {"valueString": random.choice(WORDS)}, {"valueCodeableConcept": _concept(random)}, {}]
    )  # fmt: skip


def _deceased(random: Random) -> dict[str, Any]:
    return random.choice([{}, {"deceasedBoolean": True}, {"deceasedBoolean": False}, {"deceasedDateTime": "2020"}])


def _patient(random: Random) -> dict[str, Any]:
    elements = _maybe(
        random,
        identifier=_few(_identifier),
        name=_few(_name),
        telecom=_few(_contact),
        gender=_one_of("male", "female"),
        birthDate=_one_of(*DATES[:4]),
        address=_few(lambda each: _maybe(each, city=_one_of(*WORDS), postalCode=_one_of(*WORDS))),
        active=_one_of(True, False),
    )
    return elements | _deceased(random)


def _observation(random: Random) -> dict[str, Any]:
    elements = _maybe(
        random,
        code=_concept,
        category=_few(_concept),
        subject=_reference,
        effectivePeriod=_period,
        component=_few(_component, 3),
        performer=_few(_reference),
    )
    return elements | _value(random)


def _encounter(random: Random) -> dict[str, Any]:
    return _maybe(
        random,
        status=_one_of("planned", "finished"),
        subject=_reference,
        period=_period,
        length=_quantity,
        type=_few(_concept),
    )


def _prediction(random: Random) -> dict[str, Any]:
    ends = _maybe(random, low=_quantity, high=_quantity)
    return random.choice([{"probabilityDecimal": random.choice(AMOUNTS)}, {"probabilityRange": ends}])


def _risk(random: Random) -> dict[str, Any]:
    return _maybe(random, prediction=_few(_prediction), subject=_reference, occurrenceDateTime=_one_of(*DATES))


def _usage(random: Random) -> dict[str, Any]:
    return _maybe(random, code=_coding, valueCodeableConcept=_concept, valueQuantity=_quantity)


def _value_set(random: Random) -> dict[str, Any]:
    return _maybe(random, url=_one_of(*URIS), identifier=_few(_identifier), useContext=_few(_usage))


_MAKERS = {
    "Patient": _patient,
    "Observation": _observation,
    "Encounter": _encounter,
    "RiskAssessment": _risk,
    "ValueSet": _value_set,
}


def a_resource(random: Random, kind: str, name: str) -> Resource:
    """A resource of one of the types in `_MAKERS`."""
    return {"resourceType": kind, "id": name, **_MAKERS[kind](random), **_maybe(random, meta=_meta)}


def some_resources(random: Random, each: int = 5) -> list[Resource]:
    """So many of each type."""
    return [a_resource(random, kind, f"{kind[0].lower()}{at}") for kind in _MAKERS for at in range(each)]


def a_query(random: Random, written: Sequence[Resource]) -> tuple[str, list[tuple[str, str]]]:
    """A type and pairs, most of which ask about values that are there; now and then one that is refused."""
    kind = random.choice(list(_MAKERS))
    rows = [
        (own, row)
        for each in written
        if each["resourceType"] == kind
        for own, found in rows_of(each).items()
        for row in found
    ]
    numbers = {row[0] for _, row in rows}
    known = [*COMMON.values(), *parameters_of(kind).values()]
    telling = [each for each in known if _numbers(each) & numbers]
    return kind, [
        _pair(random, random.choice(telling or known), sorted(rows, key=repr)) for _ in range(random.choice([1, 1, 2]))
    ]


def _numbers(parameter: Parameter) -> set[int]:
    own = {place.number for place in parameter.places}
    return own.union(*({place.number for place in each.places} for parts in parameter.composites for each in parts))


def _pair(random: Random, parameter: Parameter, rows: Sequence[tuple[Kind, Row]]) -> tuple[str, str]:
    modifier = random.choice(MODIFIERS.get(parameter.kind, ("",))) if random.random() < 0.3 else ""
    if random.random() < 0.1:
        return f"{parameter.name}:missing", random.choice(["true", "false"])
    parts = random.choice(parameter.composites) if parameter.composites else ()
    told = [
        "$".join(_text(random, each, rows, "") for each in parts) if parts else _text(random, parameter, rows, modifier)
        for _ in range(random.choice([1, 1, 1, 2]))
    ]
    return parameter.name + (f":{modifier}" if modifier else ""), ",".join(told)


def _text(random: Random, asked: Parameter | Component, rows: Sequence[tuple[Kind, Row]], modifier: str) -> str:
    numbers = {place.number for place in asked.places}
    if modifier in {"of-type", "identifier"}:
        numbers = {-each for each in numbers} if modifier == "of-type" else numbers
        found = [row for kind, row in rows if kind == "token" and row[0] in numbers]
        return _token(random, random.choice(found) if found else (0, "1", "urn:x|1"), is_typed=modifier == "of-type")
    found = [row for kind, row in rows if kind == asked.kind and row[0] in numbers]
    return _FORMS[asked.kind](random, random.choice(found) if found else None)


def _token(random: Random, row: Row | None, *, is_typed: bool = False) -> str:
    code, system = (row[1], row[2]) if row else ("1", "urn:x")
    if is_typed:
        return f"{system}|{code}"
    return str(
        random.choice(
            [f"{escape(system)}|{escape(code)}", escape(code), f"|{escape(code)}", f"{escape(system or 'urn:x')}|"]
        )
    )


def _string(random: Random, row: Row | None) -> str:
    text = (row[2] or row[1]) if row else random.choice(WORDS)
    return escape(text[: random.randint(1, 4)] if random.random() < 0.5 else text)


def _date(random: Random, _row: Row | None) -> str:
    return random.choice(PREFIXES) + random.choice(DATES)


def _target(random: Random, row: Row | None) -> str:
    target, kind = (row[1], row[2]) if row else ("a", "Patient")
    whole = f"{kind}/{target}" if kind else target
    return escape(str(random.choice([whole, whole, target, "Patient/a", "Group/a"])))


def _number(random: Random, row: Row | None) -> str:
    near = [row[1], row[2]] if row and max(map(abs, row[1:3])) < 10**6 else []
    told = random.choice([*AMOUNTS, *near * 5])
    return f"{random.choice(PREFIXES)}{int(told) if told == int(told) and random.random() < 0.5 else told}"


def _measured(random: Random, row: Row | None) -> str:
    return _number(random, row) + random.choice(["", "", "", "||mg", "|urn:u|mg", "|urn:u|", "||kg", "|mg"])


def _uri(random: Random, row: Row | None) -> str:
    return escape(str(random.choice([row[1] if row else "http://x", *URIS])))


_FORMS: dict[Kind, Callable[[Random, Row | None], str]] = {
    "token": _token,
    "string": _string,
    "date": _date,
    "reference": _target,
    "number": _number,
    "quantity": _measured,
    "uri": _uri,
}
