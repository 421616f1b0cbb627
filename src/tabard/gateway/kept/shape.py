"""Shape: what can be kept at all, told with its place. Pure. Source: FHIR R4 2.6.2 (JSON), 2.1.0.2 (resource), 2.4 (narrative)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tabard.fhir import Resource, encode
from tabard.gateway.errors import Refused
from tabard.gateway.kept.marks import KEPT, SUBSETTED
from tabard.gateway.kept.narrative import check_narrative

LARGEST_BYTES = 1_000_000
DEEPEST = 40
MOST_ITEMS = 2_000
MOST_VALUES = 20_000
_LONGEST_NUMBER = 40
_OWN = "urn:tabard:"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MOST_CONTAINED = 50


def misshapen(where: str, expected: str, got: str, remedy: str) -> Refused:
    """422: understood as JSON, and not to be kept. Source: FHIR R4 3.1.0.8 (422)."""
    return Refused(
        422, "invalid", "misshapen", "This cannot be kept.", where=where, expected=expected, got=got, remedy=remedy
    )


def check_shape(resource: Resource, kind: str, id_: str | None) -> None:
    """Raises Refused unless `resource` is a `kind` to be kept, with the id `id_` where one is given."""
    _check_head(resource, kind, id_)
    _check_bounds(kind, resource)
    if len(encode(resource)) > LARGEST_BYTES:
        raise Refused(
            413, "too-long", "too_large", "This is too large to be kept.", where=kind,
            expected=f"at most {LARGEST_BYTES} bytes", remedy="Keep several smaller resources.",
        )  # fmt: skip
    _check_meta(resource, kind)
    _check_contained(resource, kind)
    check_narrative(resource, kind)
    if "implicitRules" in resource:
        raise misshapen(f"{kind}.implicitRules", "nothing", "a rule", "Leave it out: rules are not known here.")


def _check_head(resource: Resource, kind: str, id_: str | None) -> None:
    told = resource.get("resourceType")
    if told != kind:
        got = "another type" if isinstance(told, str) else name_of(told)
        raise misshapen("resourceType", kind, got, "Send the resource to the address of its own type.")
    if id_ is not None and resource.get("id") != id_:
        got = "no id" if "id" not in resource else "another id"
        raise Refused(
            400, "invalid", "id_mismatch", "The id in the resource is not that of the address.", where=f"{kind}.id",
            expected="the id of the address", got=got, remedy="Send both alike.",
        )  # fmt: skip


def _check_meta(resource: Resource, kind: str) -> None:
    meta = resource.get("meta", {})
    if not isinstance(meta, dict):
        raise misshapen(f"{kind}.meta", "an object", name_of(meta), "Leave meta out, or send an object.")
    for name in ("tag", "security", "profile"):
        if not isinstance(meta.get(name, []), list):
            raise misshapen(f"{kind}.meta.{name}", "a list", name_of(meta[name]), "Send a list.")
    if any(isinstance(tag, dict) and tag.get("system") == SUBSETTED for tag in meta.get("tag", ())):
        raise misshapen(
            f"{kind}.meta.tag", "a whole resource", "one that was answered in part", "Read it whole, and change that."
        )
    if not isinstance(resource.get("extension", []), list):
        raise misshapen(f"{kind}.extension", "a list", name_of(resource["extension"]), "Send a list.")


def _check_contained(resource: Resource, kind: str) -> None:
    contained = resource.get("contained", [])
    is_well = isinstance(contained, list) and len(contained) <= _MOST_CONTAINED
    if not is_well or not all(isinstance(one, dict) and isinstance(one.get("resourceType"), str) for one in contained):
        expected = f"a list of at most {_MOST_CONTAINED} resources, each with its resourceType"
        raise misshapen(f"{kind}.contained", expected, name_of(contained), "Send them so, or one by one.")


def _check_bounds(kind: str, resource: Resource) -> None:
    """Depth, breadth, numbers, and words that are this hospital's own; without recursion, so that no depth can break it."""
    seen = 0
    left: list[tuple[str, int, Any]] = [(kind, 0, resource)]
    while left:
        where, depth, value = left.pop()
        seen += 1
        if depth > DEEPEST or seen > MOST_VALUES:
            expected = f"at most {DEEPEST} levels and {MOST_VALUES} values"
            raise misshapen(where, expected, "more", "Keep several smaller resources.")
        if isinstance(value, dict | list):
            if len(value) > MOST_ITEMS or not value:
                raise misshapen(where, f"1 to {MOST_ITEMS} items", str(len(value)), "Leave out what is empty.")
            left.extend((inner_where, depth + 1, inner) for inner_where, inner in _inner(where, value))
        else:
            _check_plain(where, value)


def _inner(where: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        yield from ((f"{where}[{place}]", inner) for place, inner in enumerate(value))
        return
    for name, inner in value.items():
        if not (name.isascii() and name.removeprefix("_").isalnum()):
            raise misshapen(where, "names of FHIR's elements", "another name", "Leave it out.")
        yield f"{where}.{name}", inner


def _check_plain(where: str, value: Any) -> None:
    if isinstance(value, int | Decimal) and _is_long(value):
        raise misshapen(where, f"a number of at most {_LONGEST_NUMBER} digits", "a longer one", "Round it.")
    if isinstance(value, str):
        _check_text(where, value)
    if value is None and "[" not in where.rpartition(".")[2]:  # in a list it stands beside a primitive's extension
        raise misshapen(where, "a value", "null", "Leave it out.")


def _is_long(value: int | Decimal) -> bool:
    """Whether a number written out has too many digits, told without writing it out."""
    if isinstance(value, int):
        return value.bit_length() > _LONGEST_NUMBER * 3
    exponent = value.as_tuple().exponent
    written = max(value.adjusted(), 0) - min(exponent if isinstance(exponent, int) else _LONGEST_NUMBER, 0)
    return written > _LONGEST_NUMBER


def _check_text(where: str, value: str) -> None:
    if _CONTROL.search(value):
        raise misshapen(where, "text without control characters", "one with them", "Leave them out.")
    if not value.strip():
        raise misshapen(where, "text", "an empty one", "Leave it out.")
    if value.startswith(_OWN) and not value.startswith(KEPT):
        raise misshapen(where, "words of your own", f"one of {_OWN}", "These are this hospital's own: leave it out.")


def name_of(value: Any) -> str:
    """What kind of JSON a value is, for a message that must not hold the value."""
    kinds: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (bool, "a boolean"), (str, "a text"), ((int, Decimal), "a number"), (list, "a list"), (dict, "an object"),
    )  # fmt: skip
    return next((name for kind, name in kinds if isinstance(value, kind)), "nothing")
