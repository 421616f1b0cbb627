"""What the commands of `tabard link` share: their options, files, JSON, and progress on the terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from tabard import link as links
from tabard.ground.errors import CallerError, NotFound

EXIT_SOME_FAILED = 1
HERE = Path("hospital")

Hospital = Annotated[
    Path, typer.Option("--hospital", metavar="DIR", envvar="TABARD_HOSPITAL", help="The hospital's folder.")
]
AsLines = Annotated[bool, typer.Option("--json", help="A line of JSON for each message.")]
OneLink = Annotated[str | None, typer.Option("--link", metavar="NAME", help="One link alone.")]
LinkName = Annotated[str, typer.Argument(metavar="NAME", help="A link of the hospital.")]
Messages = Annotated[
    str, typer.Argument(metavar="FILE|-", help="Messages one after another, or MLLP framed; - is standard input.")
]


def folder_of(folder: Path) -> Path:
    """The hospital's folder. Raises NotFound where it is none."""
    if not (folder / "hospital.toml").is_file():
        raise NotFound(
            "there is no hospital here",
            where=str(folder),
            expected="a folder with hospital.toml",
            remedy="name it by --hospital or TABARD_HOSPITAL, or make one: `tabard hospital init`",
        )
    return folder


def content_of(file: str) -> bytes:
    """The bytes of a file, or of standard input for `-`. Raises CallerError."""
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as fault:
        raise CallerError("the file cannot be read", where=file, got=fault.strerror, remedy="check its path") from fault


@contextmanager
def progress(words: str, *, is_alone: bool = True) -> Iterator[links.Tell]:
    """A bar on standard error, where somebody looks at it and nothing else is written to it (`is_alone`)."""
    is_seen = is_alone and sys.stderr.isatty()
    with Progress(console=Console(stderr=True), disable=not is_seen, transient=True) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
