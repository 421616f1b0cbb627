"""The keys that sign id_tokens: made at the first start, changed when a person says so, the one before kept while it is needed.

Source: OpenID Connect Core 1.0, 10.1.1 (rotation of signing keys); RFC 7517; RFC 7638 (a key's thumbprint is its kid).
"""

from datetime import timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from tabard.ground.errors import CallerError
from tabard.ground.private_files import write_private
from tabard.ground.time import Clock, from_us, to_us

ALGORITHM = "RS256"
KEPT = timedelta(hours=24)
"""How long a key that signs no more is still told: longer than any id_token lives and than others may keep the JWK Set."""

_BITS = 2048


class _Kept(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """A key in the file; `retired_us` is when it signed for the last time, None for the one that signs."""

    jwk: dict[str, str]
    retired_us: int | None = None


class SigningKeys:
    """The keys in one private file (mode 0600), or in memory alone where there is none. Safe from any thread.

    Another process may rotate them: the file is read anew whenever it was written.
    """

    def __init__(self, clock: Clock, path: Path | None = None) -> None:
        self._clock = clock
        self._path = path
        self._kept: tuple[_Kept, ...] = ()
        self._read_at: tuple[int, int] | None = None
        self._lock = Lock()

    def current(self) -> RSAKey:
        """The key that signs now. Raises CallerError for a damaged file."""
        with self._lock:
            return _key(next(one for one in self._known() if one.retired_us is None))

    def public(self) -> dict[str, Any]:
        """The JWK Set for everybody: the key that signs, and those before it that somebody may still need."""
        with self._lock:
            return {"keys": [_public(_key(one)) for one in self._living(self._known())]}

    def rotate(self) -> str:
        """Sign with a new key from now on; its kid. The one before is told for another day."""
        with self._lock:
            now = to_us(self._clock())
            before = [_Kept(one.jwk, now if one.retired_us is None else one.retired_us) for one in self._known()]
            fresh = _fresh()
            self._write((fresh, *self._living(before)))
            return str(fresh.jwk["kid"])

    def _known(self) -> tuple[_Kept, ...]:
        """The keys as they are in the file now; a first one is made where there is none."""
        if self._path is None:
            self._kept = self._kept or (_fresh(),)
            return self._kept
        stamp = _stamp(self._path)
        if stamp is None:
            self._write((_fresh(),))
        elif stamp != self._read_at:
            self._kept, self._read_at = _read(self._path), stamp
        return self._kept

    def _living(self, kept: "list[_Kept] | tuple[_Kept, ...]") -> tuple[_Kept, ...]:
        now = self._clock()
        return tuple(one for one in kept if one.retired_us is None or from_us(one.retired_us) + KEPT > now)

    def _write(self, kept: tuple[_Kept, ...]) -> None:
        if self._path is not None:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self._path, msgspec.json.encode(kept))
            self._read_at = _stamp(self._path)
        self._kept = kept


def _fresh() -> _Kept:
    key = RSAKey.generate_key(_BITS, {"use": "sig", "alg": ALGORITHM}, private=True, auto_kid=True)
    return _Kept({name: str(value) for name, value in key.as_dict(private=True).items()})


def _key(kept: _Kept) -> RSAKey:
    return RSAKey.import_key({**kept.jwk})


def _public(key: RSAKey) -> dict[str, Any]:
    return dict(key.as_dict(private=False))


def _stamp(path: Path) -> tuple[int, int] | None:
    """What changes with each writing: a file written whole is a new file."""
    try:
        told = path.stat()
    except FileNotFoundError:
        return None
    return told.st_mtime_ns, told.st_ino


def _read(path: Path) -> tuple[_Kept, ...]:
    """The keys in the file. Raises CallerError where others may read it, or it is damaged."""
    if path.stat().st_mode & 0o077:
        raise _unusable(path, "others than its owner may read it", "chmod 600, then `tabard hospital keys rotate`")
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=tuple[_Kept, ...])
        [_key(one) for one in kept]
    except (msgspec.DecodeError, JoseError, ValueError, TypeError) as fault:
        raise _unusable(path, "damaged", "restore it, or take it away: a new key is then made") from fault
    if [one.retired_us is None for one in kept].count(True) != 1:
        raise _unusable(path, "not one key that signs", "restore it, or take it away: a new key is then made")
    return kept


def _unusable(path: Path, got: str, remedy: str) -> CallerError:
    return CallerError("the keys of id_tokens cannot be used", where=str(path), got=got, remedy=remedy)
