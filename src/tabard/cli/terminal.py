"""Words of strangers on a terminal: none moves the cursor, hides a line, or looks like a line of ours."""

import typer


def shown(words: str) -> str:
    """`words` on one line: a blank for each new line and tab, a mark for each escape and each change of direction."""
    return "".join(map(_shown, words))


def line(words: str, *, err: bool = False) -> None:
    """Say one line; `words` may be, or hold, a stranger's."""
    typer.echo(shown(words), err=err)


def _shown(mark: str) -> str:
    if mark.isprintable():
        return mark
    return " " if mark.isspace() else "\N{REPLACEMENT CHARACTER}"
