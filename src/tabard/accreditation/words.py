"""Words of a product in our report: one line, bounded, and only what can be shown."""

import unicodedata

_LONGEST = 400
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co"})


def shown(text: str) -> str:
    """`text` on one line, without control or direction characters, cut at 400 characters."""
    flat = " ".join(text[: _LONGEST * 4].split())
    safe = "".join(mark if unicodedata.category(mark) not in _UNSHOWN else "\N{REPLACEMENT CHARACTER}" for mark in flat)
    return safe if len(safe) <= _LONGEST else f"{safe[: _LONGEST - 1]}…"
