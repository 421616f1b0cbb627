"""How each checker is asked, and how its answer is read: what it found, what it read, what it could not read.

No checker is asked to believe a mark in the code that it judges, a file of settings, or somebody's network.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from tabard.accreditation.contents.kinds import SCRIPTS, SERVERS
from tabard.accreditation.probing.checked import Spotted, ToolRun, Unread

RULES = "rules"
SOURCES = "sources"
_FILE_S = "60"


@dataclass(frozen=True, slots=True)
class Tool:
    """One checker: the kinds of file that it reads, its arguments, and how its answer is read (ValueError: it is none)."""

    name: str
    kinds: frozenset[str]
    arguments: tuple[str, ...]
    read: Callable[[str, Mapping[str, str], bytes], ToolRun]


def _bandit(version: str, names: Mapping[str, str], told: bytes) -> ToolRun:
    answer = json.loads(told)
    unread = tuple(sorted(Unread(_named(names, one["filename"]), str(one["reason"])) for one in answer["errors"]))
    broken = {one.file for one in unread}
    covered = {_named(names, one) for one in answer["metrics"] if one != "_totals"} - broken
    spotted = [
        Spotted(
            _named(names, one["filename"]), int(one["line_number"]), "bandit", str(one["test_id"]), one["issue_text"]
        )
        for one in answer["results"]
    ]
    return ToolRun("bandit", version, _owed(names), tuple(sorted(covered)), unread, tuple(sorted(spotted)))


def _ruff(version: str, names: Mapping[str, str], told: bytes) -> ToolRun:
    """Asked twice in one breath: which files it will read, then what it finds."""
    listed, _, found = told.partition(b"\n[")
    answer = json.loads(b"[" + found)
    broken = [one for one in answer if one["code"] in (None, "invalid-syntax")]
    unread = sorted({Unread(_named(names, one["filename"]), str(one["message"])) for one in broken})
    spotted = [
        Spotted(_named(names, one["filename"]), int(one["location"]["row"]), "ruff", str(one["code"]), one["message"])
        for one in answer
        if one not in broken
    ]
    seen = {_named(names, line) for line in listed.decode().split("\n") if line} - {one.file for one in unread}
    return ToolRun("ruff", version, _owed(names), tuple(sorted(seen)), tuple(unread), tuple(sorted(spotted)))


def _semgrep(version: str, names: Mapping[str, str], told: bytes) -> ToolRun:
    answer = json.loads(told)
    if answer["skipped_rules"]:
        raise ValueError("rules of ours were passed over")
    errors = [one for one in answer["errors"] if one.get("path")]
    if len(errors) != len(answer["errors"]):
        raise ValueError("an error that is of no file")
    unread = sorted({Unread(_named(names, one["path"]), _kind(one)) for one in errors})
    covered = {_named(names, one) for one in answer["paths"]["scanned"]} - {one.file for one in unread}
    spotted = [
        Spotted(
            _named(names, one["path"]),
            int(one["start"]["line"]),
            "semgrep",
            str(one["check_id"]).removeprefix(f"{RULES}."),
            str(one["extra"]["message"]),
        )
        for one in answer["results"]
    ]
    return ToolRun("semgrep", version, _owed(names), tuple(sorted(covered)), tuple(unread), tuple(sorted(spotted)))


def _kind(error: Mapping[str, Any]) -> str:
    told = error.get("type", "")
    return f"it could not read all of it ({told[0] if isinstance(told, list) and told else told})"


def _named(names: Mapping[str, str], path: str) -> str:
    """The package's name of a copied file. Raises ValueError for one that is none of them."""
    bare = PurePosixPath(path).name
    if bare not in names:
        raise ValueError("a file that was not given")
    return names[bare]


def _owed(names: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted(names.values()))


def command(tool: Tool, program: str, copies: Sequence[str]) -> list[str]:
    """What is run: `copies` are the copied files' paths, relative to the folder."""
    if tool.name == "ruff":  # a shell of our own words alone: the paths are arguments, never text
        listing = '"$0" check --isolated --no-cache --show-files "$@" && printf "\\n" && '
        finding = '"$0" check --isolated --no-cache --ignore-noqa --exit-zero --select S --output-format json "$@"'
        return ["/bin/sh", "-c", listing + finding, program, SOURCES]
    return [program, *tool.arguments, *([SOURCES] if tool.name == "semgrep" else copies)]


TOOLS = (
    Tool("bandit", SERVERS, ("--ignore-nosec", "--quiet", "--exit-zero", "--format", "json", "--recursive"), _bandit),
    Tool("ruff", SERVERS, (), _ruff),
    Tool(
        "semgrep",
        SERVERS | SCRIPTS,
        (
            "scan",
            "--metrics=off",
            "--disable-version-check",
            "--disable-nosem",
            "--no-git-ignore",
            "--oss-only",
            "--max-target-bytes=0",
            f"--timeout={_FILE_S}",
            "--timeout-threshold=0",
            "--jobs=2",
            "--quiet",
            "--json",
            f"--config={RULES}",
        ),
        _semgrep,
    ),
)
