"""Where a database is: a SQLite file, or a database of a PostgreSQL server."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from tabard.ground.errors import CallerError

_SCHEMES = {"postgresql", "postgres"}
_REMEDY = "write it as postgresql://user@host:5432/database, and the password apart"


@dataclass(frozen=True, slots=True)
class Server:
    """A database of a PostgreSQL server; `url` holds no password, and the password is never shown."""

    url: str
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return self.url


Place = Path | Server


def server(url: str, password: str | None = None) -> Server:
    """The PostgreSQL database at `url`. Raises CallerError for another kind of URL, or one with a password in it.

    Source: PostgreSQL, libpq, connection URIs.
    """
    if "\0" in url or not _is_whole(url):
        raise CallerError("this is no address of a PostgreSQL database", remedy=_REMEDY)
    if _has_password(url):  # the address itself is not told: the password is in it
        raise CallerError("the address of the record holds a password", remedy=_REMEDY)
    return Server(url, password or None)


def _is_whole(url: str) -> bool:
    found = _split(url)
    return found is not None and found.scheme in _SCHEMES and len(found.path) > 1


def _has_password(url: str) -> bool:
    found = _split(url)
    return found is None or ":" in found.netloc.rpartition("@")[0] or "password" in found.query.lower()


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None
