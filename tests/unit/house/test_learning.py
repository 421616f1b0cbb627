"""What a page of `docs/learn` and of the tasks beside it has its reader type is understood: each command, and each of its options."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from tabard.cli.main import command_line

DOCS = Path(__file__).parents[3] / "docs"
PAGES = (
    "learn/get-a-product-accredited",
    "do/make-a-product",
    "do/judge-a-product",
    "do/run-the-store",
    "do/install-a-product",
)
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def typed(page: str) -> list[list[str]]:
    """Every `tabard ...` line of the page's shell blocks, in words, without what the shell does with the answer."""
    text = "".join(BLOCK.findall((DOCS / f"{page}.md").read_text(encoding="utf-8"))).replace("\\\n", " ")
    lines = [shlex.split(line, comments=True) for line in text.splitlines() if line.startswith("tabard ")]
    return [line[: line.index(">")] if ">" in line else line for line in lines]


def misunderstood(words: list[str]) -> str:
    """Why the command line would not take these words; "" where it does."""
    command: Any = typer.main.get_command(command_line([words[1]]))
    rest = words[1:]
    while rest and rest[0] in getattr(command, "commands", {}):
        command, rest = command.commands[rest[0]], rest[1:]
    if hasattr(command, "commands"):
        return f"no such command: {' '.join(words)}"
    known = {name for one in command.params for name in one.opts}
    return "".join(f"{' '.join(words)}: no {word}; " for word in rest if word.startswith("--") and word not in known)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_has_its_reader_type_is_understood(page: str) -> None:
    """A command that was renamed, or an option that is gone, is found here before a reader finds it."""
    lines = typed(page)
    assert lines != []
    assert [told for line in lines if (told := misunderstood(line))] == []
