"""TOML that strangers wrote, bounded before it is parsed.

The parser's memory grows with the square of the parts of one dotted key: a line of 100 kB, `a.a.a`, would take all there is.
"""

import re
import tomllib
from typing import Any

_DEEPEST = 32
_PART = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_TOO_DEEP = re.compile(rf"(?:\.[ \t]*+{_PART}[ \t]*+){{{_DEEPEST}}}")


def read_toml(raw: bytes, largest: int) -> dict[str, Any]:
    """The tables of a TOML text of at most `largest` bytes. Raises ValueError, in words, for whatever is none.

    A key of more than 32 parts is none here; so is one that only looks like it within a text.
    """
    if len(raw) > largest:
        raise ValueError(f"{len(raw)} bytes, more than {largest}")
    text = raw.decode()
    if _TOO_DEEP.search(text):
        raise ValueError(f"a key of more than {_DEEPEST} parts")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("tables within tables beyond measure") from None
