"""One digest over all files of a folder: their names and contents, in order."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from tabard.hospital.errors import BadProduct


def digest_of(folder: Path) -> str:
    """SHA-256 over the folder's files. Raises BadProduct where one is a symbolic link: it could lead out of the folder."""
    whole = sha256()
    for path in _files(folder):
        name = path.relative_to(folder).as_posix().encode()
        whole.update(len(name).to_bytes(4, "big") + name + sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise BadProduct(
                "a product must not hold symbolic links",
                where=path.relative_to(folder).as_posix(),
                remedy="put the file itself in its place",
            )
        if path.is_file():
            yield path
