"""A store served in a process of its own: `python served.py FOLDER [KILL_AT]`, with a checker that needs no browser.

KILL_AT names a step at which the process kills itself as `kill -9` would: a step of publishing, or `check`.
"""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tabard import store as stores, wiring
from tabard.accreditation import Report
from tabard.catalogue import Publishing
from tabard.product import read_package

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from unit.accreditation.tiny import two_left


class Checker:
    """The rules that need no browser."""

    def __init__(self, *, is_killed: bool) -> None:
        self._is_killed = is_killed

    def check(self, package: Path, tell: Callable[[str], None], given: object = None) -> Report:  # noqa: ARG002  the port's own
        """What they find."""
        if self._is_killed:
            killed()
        return two_left(read_package(package.read_bytes()), tell)

    def stop(self) -> None:
        """Nothing is ever in hand."""


def killed(*_: Any) -> None:
    """End as the machine's power ends."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(step: Callable[..., Any]) -> Callable[..., None]:
    """The step, and then the end."""

    def act(*given: Any) -> None:
        step(*given)
        killed()

    return act


def main(folder: Path, kill_at: str) -> None:
    """Serve until told to stop, or killed."""
    load = stores.load
    checker = Checker(is_killed=kill_at == "check")
    setattr(stores, "load", partial(load, checker=checker))  # noqa: B010  the wiring's only call of it
    steps: dict[str, tuple[str, Callable[..., Any]]] = {
        "before-listing": ("publish", killed),
        "after-listing": ("publish", after(Publishing.publish)),
    }
    if kill_at in steps:
        setattr(Publishing, *steps[kill_at])
    wiring.serve_store(folder, tell=lambda: print("listening", flush=True))  # noqa: T201  whoever started us waits for it


if __name__ == "__main__":
    main(Path(sys.argv[1]), (sys.argv[2:] or [""])[0])
