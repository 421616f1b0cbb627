"""What is real of who comes in from outside: the hospital's identity provider."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from tabard.audit import AuditLog
from tabard.gateway import Record
from tabard.gateway.sign_in import Attempts, Fetch, Once, Provider, SignIn, Staff
from tabard.gateway.sign_in.model import SignInSettings
from tabard.gateway.sign_in.proof import Proof, private_key
from tabard.ground.errors import CallerError
from tabard.ground.ids import KeyedIds
from tabard.ground.time import Clock
from tabard.hospital import Hospital

_DISCOVERY = "/.well-known/openid-configuration"
_BACK = "/sign-in/back"
_OTHERS = 0o077


@contextmanager
def signing_in(
    hospital: Hospital, record: Record, audit: AuditLog, gateway_db: Engine, clock: Clock
) -> Iterator[SignIn | None]:
    """The sign-in by the hospital's provider, until the context is left; None where its settings name none.

    Raises CallerError for a key or secret that is not there, or that others may read.
    """
    settings = hospital.settings.sign_in
    if settings is None:
        yield None
        return
    keys = hospital.folder.keys
    fetch = Fetch(keys / settings.authority if settings.authority else None)
    try:
        provider = Provider(
            settings.issuer.rstrip("/") + _DISCOVERY, fetch, _proof(settings, keys, clock), issuer=settings.issuer
        )
        once = Once(gateway_db, clock)
        ids = KeyedIds(hospital.folder.ids_key)
        attempts = Attempts("sign-in", hospital.seals, once, clock)
        back = hospital.settings.base_url + _BACK
        yield SignIn(settings, back, provider, attempts, Staff(record), ids, audit, clock)
    finally:
        fetch.close()


def secret_file(path: Path) -> bytes:
    """What a file in `keys/` holds. Raises CallerError where it is not there, or where others than its owner may read it."""
    try:
        if path.stat().st_mode & _OTHERS:
            raise CallerError(
                "others may read this secret", where=str(path), expected="mode 0600", remedy=f"chmod 600 {path}"
            )
        return path.read_bytes()
    except OSError as fault:
        raise CallerError(
            "a secret cannot be read", where=str(path), remedy="put the file there, or take it out of the settings"
        ) from fault


def _proof(settings: SignInSettings, keys: Path, clock: Clock) -> Proof:
    if settings.key:
        path = keys / settings.key
        return Proof(settings.client_id, clock, key=private_key(secret_file(path), where=str(path)))
    secret = secret_file(keys / settings.secret).decode().strip() if settings.secret else ""
    return Proof(settings.client_id, clock, secret=secret)
