"""The commands that people type, as the story types them: `tabard ... --json`, each a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec

from tabard.demo.errors import Failed
from tabard.trial import SWITCH

_PATIENCE_S = 120.0
_TOLD_CHARACTERS = 1000


def tabard(*arguments: str | Path) -> tuple[dict[str, Any], ...]:
    """What a command answered, a JSON object a line. Raises Failed with its own words when it refused or did not end."""
    command = [sys.executable, "-m", "tabard", *map(str, arguments), "--json"]
    try:
        ended = subprocess.run(  # noqa: S603  our own program
            command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False, env=variables()
        )
    except subprocess.TimeoutExpired as fault:
        raise Failed(f"`{_named(arguments)}` did not end", expected=f"within {_PATIENCE_S:g} s") from fault
    if ended.returncode != 0:
        words = (ended.stderr.strip() or ended.stdout.strip())[-_TOLD_CHARACTERS:]
        raise Failed(f"`{_named(arguments)}` refused", got=words)
    return tuple(msgspec.json.decode(line, type=dict[str, Any]) for line in ended.stdout.splitlines() if line.strip())


def variables() -> dict[str, str]:
    """Ours, for what the demo runs; products are not tried for a day there, which takes as long as all the rest."""
    return {SWITCH: "off", **os.environ}


def one(*arguments: str | Path) -> dict[str, Any]:
    """The one object that a command answered. Raises Failed when it is not one."""
    told = tabard(*arguments)
    if len(told) != 1:
        raise Failed(f"`{_named(arguments)}` answered otherwise", expected="one object", got=str(len(told)))
    return told[0]


def refusal(*arguments: str | Path) -> str:
    """The words with which a command refuses. Raises Failed when it does not."""
    try:
        tabard(*arguments)
    except Failed as fault:
        return fault.got or ""
    raise Failed(f"`{_named(arguments)}` did what it should refuse")


def _named(arguments: tuple[str | Path, ...]) -> str:
    return "tabard " + " ".join(str(argument) for argument in arguments[:2])
