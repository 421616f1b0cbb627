"""Grants: what one launch approved, and the tokens that came of it.

A grant is revoked as a whole: when a code or a refresh token comes a second time somebody has stolen one, and nobody
knows which of the two is the thief. Source: RFC 6749 4.1.2, 10.4, 10.5; RFC 9700 4.14.2.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from tabard.fhir.scopes import Scopes, parse
from tabard.gateway.model import SYSTEM, Client, ClientKind, Context, Rights, WholeHospital
from tabard.gateway.ports import ClientRegistry, Directory
from tabard.gateway.smart.contexts import is_whole_hospital, keep, understand
from tabard.gateway.smart.grantable import OFFLINE, ONLINE, grantable
from tabard.gateway.smart.held import Held, HeldTokens
from tabard.gateway.smart.lifetimes import Lifetimes
from tabard.gateway.smart.secrets import digest
from tabard.gateway.smart.tables import GRANT, TOKEN
from tabard.ground.ids import MakeToken
from tabard.ground.time import Clock, from_us, to_us

ACCESS = "access"
REFRESH = "refresh"


@dataclass(frozen=True, slots=True)
class Issued:
    """Fresh tokens; `refresh` is None where the scopes hold neither online_access nor offline_access.

    `is_first` says that a code gave them: then an id_token goes with them, and tells `nonce` and `auth_time`.
    """

    held: Held
    access: str
    refresh: str | None
    expires_in_s: int
    nonce: str | None = None
    auth_time: datetime | None = None
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Replayed:
    """A code or refresh token came once more, or in another product's hands. The `grant` that it had given is ended."""

    grant: str | None


class Grants:
    """The grants and tokens of one hospital. Methods that take a connection work inside the caller's transaction."""

    def __init__(
        self,
        engine: Engine,
        clients: ClientRegistry,
        clock: Clock,
        make_token: MakeToken,
        lifetimes: Lifetimes,
        directory: Directory | None = None,
    ) -> None:
        self._engine = engine
        self._clients = clients
        self._directory = directory
        self._clock = clock
        self._make_token = make_token
        self._lifetimes = lifetimes
        self._held = HeldTokens()
        self._remember()

    def find(self, access_token: str) -> Held | None:
        """What an access token holds, from memory; None when never given or revoked. The caller looks at `expires`."""
        return self._held.find(access_token)

    def open(self, connection: Connection, grant_id: str, approved: dict[str, str | None]) -> None:
        """Begin a grant. `approved`: client, person, roles, context, scopes, fhir_user."""
        self._sweep(connection)
        is_offline = OFFLINE in parse(approved["scopes"] or "").words
        lasts = self._lifetimes.offline if is_offline else self._lifetimes.grant
        expires = to_us(self._clock() + lasts)
        connection.execute(insert(GRANT), {"id": grant_id, "expires_us": expires, **approved})

    def serve(self, client: Client, scopes: Scopes) -> Issued | None:
        """Tokens for a backend service, on its own behalf and with no refresh token; None where it is none."""
        approved: dict[str, str | None] = {
            "client": client.id,
            "person": f"{SYSTEM}/{client.id}",
            "roles": SYSTEM,
            "context": keep(WholeHospital()),
            "scopes": str(scopes),
            "fhir_user": None,
        }
        with self._engine.begin() as connection:
            grant_id = str(uuid4())
            self.open(connection, grant_id, approved)
            issued = self.issue(connection, grant_id)
        if issued is not None:
            self.admit(issued)
        return issued

    def standing(self, grant_id: str) -> Rights | None:
        """The rights of a grant as it stands now; None where it is over, was revoked, or was never kept."""
        with self._engine.begin() as connection:
            row = connection.execute(select(GRANT).where(GRANT.c.id == grant_id)).one_or_none()
        return None if row is None else self._rights(row, None)

    def issue(self, connection: Connection, grant_id: str, narrowed: Scopes | None = None) -> Issued | None:
        """Fresh tokens under a grant; None where it no longer holds. `admit` them once the transaction is committed."""
        row = connection.execute(select(GRANT).where(GRANT.c.id == grant_id)).one_or_none()
        rights = None if row is None else self._rights(row, narrowed)
        if row is None or rights is None:
            return None
        now, end = self._clock(), from_us(row.expires_us)
        is_service = rights.client_kind is ClientKind.backend
        expires = min(now + (self._lifetimes.service if is_service else self._lifetimes.access), end)
        access = self._keep(connection, ACCESS, grant_id, expires, str(rights.scopes))
        goes_on = {ONLINE, OFFLINE} & {*parse(row.scopes).words} & {*rights.scopes.words}
        refresh = self._keep(connection, REFRESH, grant_id, end, "") if goes_on else None
        held = Held(digest(access), grant_id, rights, expires)
        return Issued(held, access, refresh, int((expires - now).total_seconds()))

    def admit(self, issued: Issued) -> None:
        """Let committed tokens be used."""
        self._held.admit(issued.held, self._clock())

    def lend(self, rights: Rights, lasting: timedelta) -> str:
        """A token for `rights`, under their grant, in memory alone: for one call, until it is taken back."""
        token = self._make_token()
        now = self._clock()
        self._held.admit(Held(digest(token), rights.grant or "", rights, now + lasting), now)
        return token

    def take_back(self, grant_id: str) -> None:
        """End what was lent under a grant."""
        self._held.forget(grant_id)

    def refresh(
        self, refresh_token: str, client: str | None, narrowed: Scopes | None = None
    ) -> "Issued | Replayed | None":
        """Fresh tokens for a refresh token, this once; None where it is not good. A second use revokes its grant."""
        with self._engine.begin() as connection:
            used = self._use(connection, refresh_token, client)
            issued = self.issue(connection, used, narrowed) if isinstance(used, str) else used
        if isinstance(issued, Issued):
            self.admit(issued)
        return issued

    def revoke(self, connection: Connection, grant_id: str) -> None:
        """End a grant and all its tokens, at once."""
        revoked = to_us(self._clock())
        connection.execute(update(GRANT).where(GRANT.c.id == grant_id).values(revoked_us=revoked))
        self._held.revoke(grant_id)

    def revoke_where(
        self, *, client: str | None = None, person: str | None = None, keeps_offline: bool = False
    ) -> None:
        """End every grant of a client, of a person, or of that person with that client; perhaps not those with offline_access."""
        where = [GRANT.c.client == client] if client else []
        where += [GRANT.c.person == person] if person else []
        if not where:
            return
        asked = select(GRANT.c.id, GRANT.c.scopes).where(*where, GRANT.c.revoked_us.is_(None))
        with self._engine.begin() as connection:
            for grant_id, scopes in connection.execute(asked).all():
                if not (keeps_offline and OFFLINE in parse(scopes).words):
                    self.revoke(connection, grant_id)

    def revoke_token(self, token: str, client: str) -> str | None:
        """End the grant of `token` (access or refresh) where it is this client's; its id. Source: RFC 7009, 2.1."""
        of_client = select(GRANT.c.id).join(TOKEN, TOKEN.c.grant_id == GRANT.c.id).where(GRANT.c.client == client)
        with self._engine.begin() as connection:
            grant_id = connection.execute(of_client.where(TOKEN.c.digest == digest(token))).scalar()
            if grant_id is not None:
                self.revoke(connection, grant_id)
        return grant_id

    def _use(self, connection: Connection, refresh_token: str, client: str | None) -> "str | Replayed | None":
        """Mark a refresh token used; the id of its grant, None where the token is not good for this client."""
        found = (TOKEN.c.digest == digest(refresh_token), TOKEN.c.kind == REFRESH)
        joined = select(TOKEN, GRANT.c.client).join(GRANT, GRANT.c.id == TOKEN.c.grant_id).where(*found)
        row = connection.execute(joined).one_or_none()
        if row is None:
            return None
        grant_id: str = row.grant_id
        if client is None and not self._is_public(row.client):
            return None
        if row.used_us is not None or client not in (None, row.client):
            self.revoke(connection, grant_id)
            return Replayed(grant_id)
        now = to_us(self._clock())
        connection.execute(update(TOKEN).where(*found).values(used_us=now))
        return grant_id if row.expires_us > now else None

    def _is_public(self, client_id: str) -> bool:
        """Whether a client may be known by its refresh token alone: one that has something to prove itself with must."""
        client = self._clients.client(client_id)
        return client is not None and client.is_public

    def _keep(self, connection: Connection, kind: str, grant_id: str, expires: datetime, scopes: str) -> str:
        token = self._make_token()
        row = {"digest": digest(token), "grant_id": grant_id, "kind": kind, "scopes": scopes}
        connection.execute(insert(TOKEN), {**row, "expires_us": to_us(expires)})
        return token

    def _rights(self, row: Row[Any], narrowed: Scopes | None) -> Rights | None:
        """The rights of a grant now: what it had, as far as the client and the person still have it. None where any part is missing."""
        client, is_over = self._clients.client(row.client), row.revoked_us is not None
        if is_over or row.expires_us <= to_us(self._clock()) or client is None:
            return None
        context, scopes = _context(row.context, client), parse(row.scopes).narrow(grantable(client))
        roles = self._roles(row.person, frozenset(row.roles.split()), scopes)
        if context is None or not roles:
            return None
        return Rights(
            person=row.person,
            roles=roles,
            scopes=scopes if narrowed is None else narrowed.narrow(scopes),
            context=context,
            client=row.client,
            grant=row.id,
            origin=client.origin,
            client_kind=client.kind,
            fhir_user=row.fhir_user,
        )

    def _roles(self, person: str, roles: frozenset[str], scopes: Scopes) -> frozenset[str]:
        """What the person had when they signed in; where a grant outlives that, only what they still have."""
        if OFFLINE not in scopes.words:
            return roles
        now = None if self._directory is None else self._directory.roles_of(person)
        return roles & (now or frozenset())

    def _remember(self) -> None:
        """Take the access tokens that are still good into memory."""
        with self._engine.begin() as connection:
            self._sweep(connection)
            for token in connection.execute(select(TOKEN).where(TOKEN.c.kind == ACCESS)).all():
                row = connection.execute(select(GRANT).where(GRANT.c.id == token.grant_id)).one_or_none()
                rights = None if row is None else self._rights(row, parse(token.scopes))
                if rights is not None:
                    held = Held(token.digest, token.grant_id, rights, from_us(token.expires_us))
                    self._held.admit(held, self._clock())

    def _sweep(self, connection: Connection) -> None:
        """Forget access tokens and grants whose time is over. Used refresh tokens stay as long as their grant: to be recognised."""
        now = to_us(self._clock())
        over = select(GRANT.c.id).where(GRANT.c.expires_us <= now)
        connection.execute(delete(TOKEN).where(TOKEN.c.kind == ACCESS, TOKEN.c.expires_us <= now))
        connection.execute(delete(TOKEN).where(TOKEN.c.grant_id.in_(over)))
        connection.execute(delete(GRANT).where(GRANT.c.id.in_(over)))


def _context(kept: str, client: Client) -> Context | WholeHospital | None:
    """The context of a grant: the whole hospital for a backend service alone, and for it nothing else."""
    if client.kind is ClientKind.backend:
        return WholeHospital() if is_whole_hospital(kept) else None
    return understand(kept)
