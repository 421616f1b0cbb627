"""FHIR JSON: bytes to resources and back, decimals kept to the last digit."""

from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from tabard.ground.errors import CallerError

Resource = dict[str, Any]
"""A FHIR R4 resource as JSON: keys as the standard spells them, numbers with a point as `Decimal`."""


class NotJson(CallerError):  # noqa: N818  says what the input is
    """The bytes are not a JSON object of UTF-8 text."""


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:  # an exponent no machine can hold
        raise ValueError("a number out of all bounds") from error


_decoder = msgspec.json.Decoder(dict[str, Any], float_hook=_exact)
_encoder = msgspec.json.Encoder(decimal_format="number")
_sorting_encoder = msgspec.json.Encoder(decimal_format="number", order="sorted")


def decode(raw: bytes) -> Resource:
    """The resource in `raw`; `98.00` stays 98.00. Raises NotJson. Source: FHIR R4 2.6.2, 2.24.0.1 (decimal precision)."""
    try:
        return _decoder.decode(raw)
    except (ValueError, RecursionError) as error:
        raise NotJson(
            "This is not a JSON object.",
            expected="one JSON object in UTF-8",
            remedy="Send a FHIR resource as application/fhir+json.",
        ) from error


def encode(resource: Resource) -> bytes:
    """Compact UTF-8 JSON, keys in the order given, decimals digit for digit."""
    return _encoder.encode(resource)


def canonical(resource: Resource) -> bytes:
    """Compact UTF-8 JSON with all keys sorted: equal bytes mean the same content, whatever the order of its keys."""
    return _sorting_encoder.encode(resource)
