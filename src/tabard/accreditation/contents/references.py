"""What one file would have a browser load, run or style by itself, and where it says so."""

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Means(StrEnum):
    """What a file does at a place that matters to the pages' policy."""

    load = "load"
    image = "image"
    script = "script"
    style = "style"
    frame = "frame"
    peer = "peer"


@dataclass(frozen=True, slots=True)
class Reference:
    """At `line` (from 1) something is loaded from `to`; `to` is "" where a script or style stands in the page itself."""

    line: int
    means: Means
    to: str
    said: str


def lines_of(text: str) -> Callable[[int], int]:
    """Answers the line (from 1) of a place in the text; quick for many places."""
    ends = [found.start() for found in re.finditer("\n", text)]
    return lambda at: bisect_left(ends, at) + 1
