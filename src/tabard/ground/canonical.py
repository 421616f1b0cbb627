"""Canonical JSON: one value, one text, so that what is signed can be made again byte for byte.

Members sorted by name, no white space, UTF-8 unescaped, whole numbers only: a number with a fraction has more than one
text, so none may stand in what is signed. Source: OLPC canonical JSON as TUF uses it; RFC 8785 for the order of ASCII names.
"""

import json
from typing import Any

from tabard.ground.errors import InternalError


def canonical(value: Any) -> bytes:
    """The one text of `value` (dicts with text names, lists, tuples, texts, whole numbers, booleans, None).

    Raises InternalError for anything else.
    """
    _check(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _check(value: Any) -> None:
    match value:
        case dict():
            for name, inner in value.items():
                if not isinstance(name, str):
                    raise InternalError("a name in what is signed is no text", got=type(name).__name__)
                _check(inner)
        case list() | tuple():
            for inner in value:
                _check(inner)
        case None | str() | bool() | int():
            return
        case _:
            raise InternalError("this kind of value has no one text", got=type(value).__name__)
