"""The docs are true of the house: commands, settings and links in them exist."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tabard.cli.main import ROOMS, command_line

ROOT = Path(__file__).parents[3]
PAGES = [page for page in ROOT.rglob("*.md") if not {"node_modules", ".venv", ".tools"} & set(page.parts)]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_a_link_in_a_page_leads_somewhere(page: Path) -> None:
    """A reader who follows a link finds a file there."""
    assert [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_command_is_in_the_docs(room: str) -> None:
    """docs/look-up/commands.md names each command of each room, and `--help` works for it."""
    told = (ROOT / "docs/look-up/commands.md").read_text()
    app = command_line([room])
    verbs = [command.name for group in app.registered_groups for command in group.typer_instance.registered_commands]  # type: ignore[union-attr]  # a room always has an instance
    for words in [f"tabard {room} {verb}" if verb else f"tabard {room}" for verb in verbs or [None]]:
        assert words in told
    assert CliRunner().invoke(app, [room, "--help"]).exit_code == 0


def test_every_decision_is_numbered_once_and_in_order() -> None:
    """Decision records are found by their number."""
    numbers = sorted(int(page.name[:4]) for page in (ROOT / "docs/decisions").glob("0*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
