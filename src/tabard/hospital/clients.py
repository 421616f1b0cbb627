"""Clients: SMART apps and services that this hospital registered by itself, beside the products installed."""

import json
import re
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from tabard.fhir.scopes import BadScope, Level, parse
from tabard.gateway import BadJwks, Client, ClientKind, ClientRegistry, client_keys, new_client_secret
from tabard.ground.errors import NotFound
from tabard.ground.time import Clock, to_us
from tabard.hospital.client_addresses import origin_of, redirect_fault, web_fault
from tabard.hospital.errors import BadClient
from tabard.hospital.tables import CLIENTS

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,63}")
_LONGEST_NAME = 100
_MOST_REDIRECTS = 20
_HERE = CLIENTS.c.removed_us.is_(None)


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client to be registered. One proof at most: a secret (made here), a JWK Set, or the address of one."""

    name: str
    scopes: str
    id: str = ""
    launch_uri: str = ""
    redirect_uris: tuple[str, ...] = ()
    origin: str | None = None
    kind: ClientKind = ClientKind.third_party
    with_secret: bool = False
    jwks: dict[str, Any] | None = None
    jwks_uri: str | None = None
    is_patient_facing: bool = False


class Clients:
    """The registered clients; every look is at the database: other processes write it too. An id is never given twice."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def add(self, new: NewClient, taken: ClientRegistry | None = None) -> tuple[Client, str | None]:
        """Register a client; its secret stands nowhere else. Raises BadClient with every fault; ids of `taken` are not free."""
        _check(new)
        client_id = new.id or f"app-{token_hex(8)}"
        secret, kept = new_client_secret() if new.with_secret else (None, None)
        row = {
            "id": client_id,
            "name": new.name.strip(),
            "kind": new.kind.value,
            "launch_uri": new.launch_uri,
            "redirect_uris": json.dumps(new.redirect_uris),
            "origin": new.origin or next(filter(None, map(origin_of, new.redirect_uris)), None),
            "scopes": " ".join(new.scopes.split()),
            "secret_digest": kept,
            "jwks": None if new.jwks is None else json.dumps(new.jwks),
            "jwks_uri": new.jwks_uri,
            "is_patient_facing": int(new.is_patient_facing),
            "registered_us": to_us(self._clock()),
        }
        try:
            if taken is not None and taken.client(client_id) is not None:
                raise _taken(client_id)
            with self._engine.begin() as connection:
                connection.execute(insert(CLIENTS).values(row))
        except IntegrityError as fault:
            raise _taken(client_id) from fault
        return self.get(client_id), secret

    def all(self) -> tuple[Client, ...]:
        """Every client that is here, by name."""
        asked = select(CLIENTS).where(_HERE).order_by(CLIENTS.c.name, CLIENTS.c.id)
        with self._engine.begin() as connection:
            return tuple(map(_client, connection.execute(asked).all()))

    def client(self, id: str) -> Client | None:  # noqa: A002  the gateway's port says so
        """The client of that id; None when it is not here, or no more."""
        with self._engine.begin() as connection:
            row = connection.execute(select(CLIENTS).where(CLIENTS.c.id == id, _HERE)).one_or_none()
        return None if row is None else _client(row)

    def get(self, client_id: str) -> Client:
        """The client of that id. Raises NotFound."""
        found = self.client(client_id)
        if found is None:
            raise NotFound("no such client is registered here", remedy="tabard hospital client list")
        return found

    def remove(self, client_id: str) -> Client:
        """Let the client be here no more; whoever serves the hospital ends its tokens. Raises NotFound."""
        client = self.get(client_id)
        with self._engine.begin() as connection:
            gone = update(CLIENTS).where(CLIENTS.c.id == client_id)
            connection.execute(gone.values(removed_us=to_us(self._clock()), owed=1))
        return client

    def owed(self) -> tuple[str, ...]:
        """The ids of clients that were removed and whose tokens nobody has ended since."""
        with self._engine.begin() as connection:
            return tuple(connection.execute(select(CLIENTS.c.id).where(CLIENTS.c.owed > 0)).scalars())

    def settle(self, client_id: str) -> None:
        """Its tokens are ended."""
        with self._engine.begin() as connection:
            connection.execute(update(CLIENTS).where(CLIENTS.c.id == client_id).values(owed=0))


@dataclass(frozen=True, slots=True)
class Registry:
    """Products that are installed, and clients that are registered; a product's id is always the product's."""

    installs: ClientRegistry
    clients: ClientRegistry

    def client(self, id: str) -> Client | None:  # noqa: A002  the gateway's port says so
        """The client of that id; None when unknown or not live."""
        return self.installs.client(id) or self.clients.client(id)


def _client(row: Row[Any]) -> Client:
    return Client(
        id=row.id,
        name=row.name,
        launch_uri=row.launch_uri,
        redirect_uris=tuple(json.loads(row.redirect_uris)),
        origin=row.origin,
        scopes=row.scopes,
        kind=ClientKind(row.kind),
        secret_digest=row.secret_digest,
        jwks=None if row.jwks is None else json.loads(row.jwks),
        jwks_uri=row.jwks_uri,
        is_patient_facing=bool(row.is_patient_facing),
    )


def _check(new: NewClient) -> None:
    """Raises BadClient with every fault."""
    faults = [fault for fault in (*_faults_of_name(new), *_faults_of_addresses(new), *_faults_of_proof(new)) if fault]
    if faults:
        raise BadClient("; ".join(faults), where="client", remedy="mend these and try again")


def _faults_of_name(new: NewClient) -> tuple[str | None, ...]:
    name = new.name.strip()
    is_service = new.kind is ClientKind.backend
    try:
        scopes = parse(" ".join(new.scopes.split()))
        levels = {one.level for one in scopes.resources}
        wrong = Level.system in levels if not is_service else bool(levels - {Level.system})
        scope_fault = None if scopes.resources or scopes.words else "it asks for no scope"
    except BadScope as fault:
        wrong, scope_fault = False, f"scope {fault.got}: {fault.message}"
    return (
        "name is empty or too long" if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable() else None,
        "id holds other than letters, digits, . _ ~ and -" if new.id and not _ID.fullmatch(new.id) else None,
        "id is one of the gateway's own" if new.id in {"system", "hospital"} else None,
        scope_fault,
        "system scopes are for a backend service, and others not for one" if wrong else None,
    )


def _faults_of_addresses(new: NewClient) -> tuple[str | None, ...]:
    is_service = new.kind is ClientKind.backend
    has_none = not new.redirect_uris
    return (
        "a backend service has no redirect URI" if is_service and not has_none else None,
        "a redirect URI is needed" if has_none and not is_service else None,
        f"more than {_MOST_REDIRECTS} redirect URIs" if len(new.redirect_uris) > _MOST_REDIRECTS else None,
        *map(redirect_fault, new.redirect_uris),
        web_fault(new.launch_uri) if new.launch_uri else None,
        _origin_fault(new.origin) if new.origin is not None else None,
    )


def _faults_of_proof(new: NewClient) -> tuple[str | None, ...]:
    proofs = new.with_secret + (new.jwks is not None) + (new.jwks_uri is not None)
    has_key = new.jwks is not None or new.jwks_uri is not None
    return (
        "a secret, a JWK Set or its address: one of these" if proofs > 1 else None,
        "a backend service needs keys" if new.kind is ClientKind.backend and not has_key else None,
        web_fault(new.jwks_uri) if new.jwks_uri is not None else None,
        _jwks_fault(new.jwks) if new.jwks is not None else None,
    )


def _jwks_fault(told: dict[str, Any]) -> str | None:
    try:
        client_keys(told)
    except BadJwks as fault:
        return fault.message
    return None


def _origin_fault(text: str) -> str | None:
    return web_fault(text) or (None if origin_of(text) == text else f"{text[:80]} is no origin")


def _taken(client_id: str) -> BadClient:
    return BadClient("this id is or was somebody's", where=client_id, remedy="choose another, or leave it out")
