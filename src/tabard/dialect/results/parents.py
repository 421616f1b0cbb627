"""Parents: the order and the result that led to an order, such as a culture to the tests of what grew in it.

Source: HL7 v2.4, 7.4.1.26 "parent result", 7.4.1.29 "parent".
"""

from collections.abc import Mapping

from tabard.dialect.parts import Parts
from tabard.dialect.reading import Reading
from tabard.dialect.results.numbers import FILLER, PLACER, logical, number
from tabard.dialect.results.observation import observation_id
from tabard.fhir.json import Resource
from tabard.hl7v2 import Field, Segment

_RESULT, _ORDER = 26, 29


def parent_order(reading: Reading, segment: Segment, n: int = _ORDER) -> Resource | None:
    """The number of the order in field `n` (EIP): its filler's, else its placer's."""
    field = segment.field(n)
    if not field.raw:
        return None
    system = reading.dialect.results.order_system
    placed, filled = (_inner(field, part) for part in (1, 2))
    return number(system, filled, FILLER) or number(system, placed, PLACER)


def derived_from(reading: Reading, obr: Segment, keys: Mapping[str, tuple[str, ...]]) -> list[Resource]:
    """The result that OBR-26 names, as the message itself has it where it does, else by its order's number and in words.

    `keys` are those of the reports told before in the message, by the numbers of their orders.
    """
    field = obr.field(_RESULT)
    if field.is_absent:
        return []
    code, sub_id, words = _inner(field, 1), field.component(2).subcomponent(1), field.component(3).subcomponent(1)
    order = parent_order(reading, obr)
    known = keys.get(order["value"]) if order else None
    text = " ".join(word for word in (code.part(2) or code.part(1), sub_id, words) if word)
    shown = {"display": text} if text else {}
    if known:
        reference = f"Observation/{observation_id(reading, known, code, sub_id, 0)}"
        if reading.holds("Observation", reference.partition("/")[2]):
            return [{"reference": reference, **shown}]
    named = logical("Observation", order) if order else {"type": "Observation"}
    return [named | shown] if order or text else []


def _inner(field: Field, n: int) -> Parts:
    """The subcomponents of a component: a value within a value."""
    return Parts(text.strip() for text in field.component(n).subcomponents)
