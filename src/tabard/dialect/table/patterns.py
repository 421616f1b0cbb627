"""Patterns: the regular expressions of a dialect, of a kind that no text can make slow.

Python's matcher tries again and again where a pattern leaves it a choice. So a dialect's patterns are of a small kind: what
is repeated without a bound is one character or class, and only once in a pattern; what is repeated within bounds, and groups
with a choice one after another, leave few ways to part a text. No look-around, no reference back to a group.
"""

import re
from functools import lru_cache

LONGEST = 200
"""Characters of a pattern."""

_MOST_WAYS = 128
"""How many ways the bounded repetitions and the choices of a pattern may leave to part one text."""

_DEEPEST = 8
"""Groups inside groups."""

_ATOM = re.compile(r"\\[dDsSwW.^$*+?{}\[\]|()\\/-]|\[\^?(?:\\.|(?!--|&&|\|\||~~)[^\]\[\\])+\]|[^\\\[\]()*+?{}|^$]")
"""An escaped sign, a class, or a character that means itself, or any."""

_REPEAT = re.compile(r"\*|\+|\?|\{(\d{1,3})(?:(,)(\d{1,3})?)?\}")
_UNBOUNDED = -1


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern of a dialect that was checked when it was loaded."""
    return re.compile(pattern)


@lru_cache(maxsize=512)
def beginning(pattern: str) -> str:
    """Plain characters that each text of the pattern begins with; "" where none are certain."""
    found = re.match(r"[\w:;,/ -]*", pattern, re.ASCII)
    plain = found[0] if found else ""
    if "|" in pattern:
        return ""
    return plain[:-1] if pattern[len(plain) : len(plain) + 1] in {"*", "?", "{"} else plain


def why_not(pattern: str) -> str | None:
    """Why a dialect may not have this pattern; None where it may."""
    if len(pattern) > LONGEST:
        return f"a pattern of more than {LONGEST} characters"
    if (why := _Walk(pattern).why_not()) is not None:
        return why
    try:
        re.compile(pattern)
    except re.error as error:
        return f"no regular expression: {error}"
    return None


class _Walk:
    """One walk along a pattern, counting what it leaves to choice."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._unbounded = 0
        self._ways = 1

    def why_not(self) -> str | None:
        try:
            self._choice(depth=0)
        except _NotPlain as fault:
            return str(fault)
        return None

    def _choice(self, depth: int) -> tuple[bool, bool]:
        """Alternatives up to the end or the bracket that closes them: whether there are several, and whether one varies."""
        varies, several, start, choices = False, False, self._at, 1
        while self._at < len(self._pattern):
            sign = self._pattern[self._at]
            if sign == ")" and depth:
                break
            if sign == "|":
                several, choices, self._at = True, choices + 1, self._at + 1
            else:
                varies = self._piece(depth) or varies
        if depth and (self._at == start or depth > _DEEPEST):
            raise _NotPlain("a group of nothing, or groups too deep in one another")
        self._multiply(choices if depth else 1)
        return several, varies

    def _piece(self, depth: int) -> bool:
        """One character, class or group with its repetition; whether its length varies."""
        several, varies = self._group(depth) if self._pattern[self._at] == "(" else self._one()
        low, high = self._repetition()
        if high == 1:
            self._count(low, high)
            return varies or several or low != high
        if several or varies:
            raise _NotPlain("a repeated group with a choice or a repetition inside it, which a text can make slow")
        self._count(low, high)
        return low != high

    def _group(self, depth: int) -> tuple[bool, bool]:
        self._at += 1
        if self._pattern.startswith("?:", self._at):
            self._at += 2
        elif self._pattern.startswith("?", self._at):
            raise _NotPlain("a group that begins (? and not (?:, such as a look-around")
        told = self._choice(depth + 1)
        self._at += 1
        return told

    def _one(self) -> tuple[bool, bool]:
        atom = _ATOM.match(self._pattern, self._at)
        if atom is None:
            sign = self._pattern[self._at]
            raise _NotPlain(
                f"{sign} at character {self._at + 1}: the whole value is meant anyway"
                if sign in "^$"
                else f"something at character {self._at + 1} that is neither a character, a class nor a group"
            )
        self._at = atom.end()
        return False, False

    def _repetition(self) -> tuple[int, int]:
        told = _REPEAT.match(self._pattern, self._at)
        if told is None:
            return 1, 1
        self._at = told.end()
        if self._pattern[self._at : self._at + 1] in {"?", "+", "*"}:
            raise _NotPlain("a repetition that is lazy, or holds on to what it took")
        if told[0] in {"*", "+", "?"}:
            return {"*": (0, _UNBOUNDED), "+": (1, _UNBOUNDED), "?": (0, 1)}[told[0]]
        low = int(told[1])
        return low, (int(told[3]) if told[3] else _UNBOUNDED) if told[2] else low

    def _count(self, low: int, high: int) -> None:
        if high == _UNBOUNDED:
            self._unbounded += 1
        else:
            self._multiply(high - low + 1)
        if self._unbounded > 1:
            raise _NotPlain("more than one repetition without a bound, which a text can make slow")

    def _multiply(self, ways: int) -> None:
        self._ways *= ways
        if self._ways > _MOST_WAYS:
            raise _NotPlain("repetitions and choices that leave too many ways to part a text; bound them more narrowly")


class _NotPlain(Exception):  # noqa: N818  says what the pattern is; it never leaves this file
    """The pattern is not of the small kind."""
