"""Waiting for something to come true, for a bounded time."""

import time
from collections.abc import Callable

from tabard.demo.errors import Failed

_POLL_S = 0.05
_PATIENCE_S = 12.0


def until(is_so: Callable[[], bool], what: str, patience_s: float = _PATIENCE_S) -> None:
    """Return once `is_so`. Raises Failed, naming `what`, when it is not so in time."""
    deadline = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > deadline:
            raise Failed(f"it did not come true that {what}", expected=f"within {patience_s:g} s")
        time.sleep(_POLL_S)
