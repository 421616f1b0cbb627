"""FHIR JSON: exact both ways."""

from decimal import Decimal

import pytest
from hypothesis import given

from strategies.fhir import json_objects
from tabard.fhir import NotJson, Resource, canonical, decode, encode, operation_outcome


@given(json_objects())
def test_round_trip(resource: Resource) -> None:
    """What was encoded decodes to the same, and encodes to the same bytes again."""
    raw = encode(resource)
    assert decode(raw) == resource
    assert encode(decode(raw)) == raw


@pytest.mark.parametrize(
    "number", ["98.00", "0.10", "-0.0", "100000000000000000000000.5", "1.000000000000000000000001"]
)
def test_a_decimal_keeps_every_digit(number: str) -> None:
    """The digits of a decimal come out as they went in; a binary float would lose them."""
    raw = f'{{"value":{number}}}'.encode()
    assert decode(raw)["value"].as_tuple() == Decimal(number).as_tuple()
    assert encode(decode(raw)) == raw


@pytest.mark.parametrize(
    "raw",
    [b"", b"[1]", b"null", b'{"a":\xff}', b'{"a":NaN}', b'{"a":1', b'{"a":"\\ud800"}', b'{"a":1e99999999999999999999}', b'{"a":' + b"[" * 99999],
)  # fmt: skip
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    """Anything but one JSON object is refused with one kind of error, whatever was wrong."""
    with pytest.raises(NotJson):
        decode(raw)


def test_canonical_does_not_depend_on_order() -> None:
    """Two orders of the same keys have the same canonical bytes; another precision has not."""
    assert canonical({"b": {"d": 1, "c": 2}, "a": []}) == canonical({"a": [], "b": {"c": 2, "d": 1}})
    assert canonical({"a": Decimal("1.0")}) != canonical({"a": Decimal("1.00")})


def test_an_outcome_says_it_for_people_and_machines() -> None:
    """An OperationOutcome has its severity, code, text and, when known, the element."""
    [issue] = operation_outcome("error", "invalid", "The date cannot be read.", "Patient.birthDate")["issue"]
    assert (issue["severity"], issue["code"]) == ("error", "invalid")
    assert issue["details"]["text"] == "The date cannot be read."
    assert issue["expression"] == ["Patient.birthDate"]
    assert "expression" not in operation_outcome("warning", "lock-error", "Wait.")["issue"][0]
