"""The files of a product's folder, by name."""

from pathlib import Path


def files_in(folder: Path) -> frozenset[str]:
    """The names of the regular files below `folder`, `/` between folders; a symbolic link is no file of it."""
    return frozenset(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()
    )
