"""Where a hospital's record is: a file in its folder, or a PostgreSQL database with its password kept apart."""

import os
import stat
from pathlib import Path

from tabard.database import Place, server
from tabard.ground.errors import CallerError
from tabard.hospital.errors import BadSettings

FILE = "record.db"
PASSWORD_FILE = "record.password"  # noqa: S105  the name of a file
PASSWORD_VARIABLE = "TABARD_RECORD_PASSWORD"  # noqa: S105  the name of a variable
_LONGEST_PASSWORD_BYTES = 1024


def record_faults(url: str | None) -> tuple[tuple[bool, str], ...]:
    """What is wrong with the address of a record, as `check` of the settings takes it."""
    if url is None:
        return ()
    try:
        server(url)
    except CallerError as fault:  # which never tells an address with a password in it
        return ((True, f"record.url: {fault.message}; {fault.remedy}"),)
    return ()


def record_place(folder: Path, url: str | None) -> Place:
    """The place of the record of the hospital in `folder`; `url` is that of its settings.

    Raises BadSettings for a password that others can read, and where a record on SQLite would be passed over.
    """
    if url is None:
        return folder / FILE
    if (folder / FILE).exists():
        raise BadSettings(
            "here is a record on SQLite, and the settings name another on PostgreSQL",
            where=str(folder / FILE),
            remedy="take [record] out of hospital.toml, or begin a new hospital on PostgreSQL; none is moved over by itself",
        )
    return server(url, _password(folder / PASSWORD_FILE))


def _password(path: Path) -> str | None:
    """From the file where there is one, else from the environment; None leaves it to the server's own rules."""
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise BadSettings("others can read the record's password", where=str(path), remedy=f"chmod 600 {path}")
            return file.read(_LONGEST_PASSWORD_BYTES).decode().rstrip("\r\n")
    except FileNotFoundError:
        return os.environ.get(PASSWORD_VARIABLE)
    except (OSError, UnicodeDecodeError):
        raise BadSettings(
            "the record's password cannot be read", where=str(path), expected="one line of text"
        ) from None
