"""The product and every component in it have a licence that lets a centre hand it on: one of a list, by its SPDX id.

Source: SPDX 2.3, annex D (licence expressions); the list is rules/licences.toml.
"""

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from tabard.accreditation.found import failed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.product import FILE_NAME

FAMILY = Family.licences
CRITERIA = ("tabard/licences-allowed",)

_LIST = "licences.toml"
_LONGEST = 500
_REMEDY = "use a part under a listed licence, or propose the licence to the centre"


def check(subject: Subject) -> Iterator[Found]:
    """Judge the product's own licence, then each component's."""
    manifest = subject.package.manifest
    looked_at = sha256(subject.package.files[FILE_NAME])
    told = [("licence", manifest.licence)]
    told += [(f"component[{at}].licence", one.licence) for at, one in enumerate(manifest.components)]
    for key, text in told:
        fault = _fault(text)
        place = f"{FILE_NAME} {key}"
        if fault:
            yield failed(place, "licences of the list, joined by AND, OR, WITH", fault, _REMEDY, looked_at)
        else:
            yield passed(place, text, looked_at)


def _fault(text: str) -> str | None:
    """What is wrong with a licence expression; None where all that it demands is on the list."""
    spdx = _library()

    if not text.strip() or len(text) > _LONGEST:
        return "no licence" if not text.strip() else f"{len(text)} characters"
    try:
        parsed = _licensing().parse(text, validate=True, strict=True)
    except (spdx.ExpressionError, spdx.ExpressionParseError):
        return f"{text}, which is no expression of SPDX ids"
    refused = _refused(parsed)
    return f"{text}, of which {refused} is not on the list" if refused else None


def _refused(node: Any) -> str | None:
    """The first part of an expression that must hold and is not on the list. Of what OR joins, one is enough."""
    match type(node).__name__:
        case "OR":
            found = [_refused(each) for each in node.args]
            return None if None in found else found[0]
        case "AND":
            return next(filter(None, map(_refused, node.args)), None)
        case "LicenseWithExceptionSymbol":
            base = _refused(node.license_symbol)
            exception = str(node.exception_symbol.key)
            return base or (None if exception in _listed("exceptions") else exception)
        case "LicenseSymbol":
            return None if not node.is_exception and node.key in _listed("allowed") else str(node.key)
        case _:
            return str(node)


@cache
def _licensing() -> Any:
    return _library().get_spdx_licensing()


def _library() -> Any:
    """license_expression: untyped, and slow to import, so not before a licence is judged."""
    return import_module("license_expression")


@cache
def _listed(which: str) -> frozenset[str]:
    told = tomllib.loads(files("tabard.accreditation.rules").joinpath(_LIST).read_text("utf-8"))
    return frozenset(told[which])
