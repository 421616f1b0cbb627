"""Sessions: kept on the server, known to the browser by a sealed random id, and over after idleness or a shift's end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, Table, delete, insert, or_, select, update

from tabard.accounts import vouched
from tabard.accounts.accounts import to_account, with_practitioner
from tabard.accounts.model import Account
from tabard.accounts.seals import Seals
from tabard.accounts.tables import ACCOUNTS, SESSIONS, VOUCHED
from tabard.accounts.vouched import Voucher
from tabard.ground.ids import unguessable
from tabard.ground.time import Clock, from_us, to_us

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
_TOUCH = timedelta(minutes=1)
"""Use is written down at most this often: a page is not worth a synced write."""

_USE, _FORM_USE = "session", "form"


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser. `id` is the secret that its cookie carries; `voucher` says who vouched, None for a password."""

    id: str
    account: Account
    voucher: Voucher | None = None


class Sessions:
    """Begins, finds and ends sessions.

    `cookie` is the cookie's name: of this application alone, since those on other ports share the browser's jar. Without
    `takes_passwords` nobody is known who signed in by a password, whenever that was.
    """

    def __init__(
        self, engine: Engine, seals: Seals, cookie: str, clock: Clock, *, takes_passwords: bool = True
    ) -> None:
        self._engine = engine
        self._seals = seals
        self._clock = clock
        self._takes_passwords = takes_passwords
        self.cookie = cookie

    def begin(self, account: Account, voucher: Voucher | None = None) -> str:
        """Begin a session; the answer is the cookie's value. Sessions long over are swept away.

        The id is always a new one: whoever put a cookie into this browser before knows nothing of it.
        """
        secret, now = unguessable(), to_us(self._clock())
        begun, seen = now - _us(ABSOLUTE), now - _us(IDLE)
        with self._engine.begin() as connection:
            connection.execute(delete(SESSIONS).where(or_(SESSIONS.c.begun_us < begun, SESSIONS.c.seen_us < seen)))
            vouched.sweep(connection, begun, seen)
            if voucher is not None:
                vouched.keep(connection, _digest(secret), account, voucher, now)
            else:
                row = {"id_digest": _digest(secret), "account": account.id, "begun_us": now, "seen_us": now}
                connection.execute(insert(SESSIONS).values(row))
        return self._seals.close(_USE, secret)

    def find(self, headers: Mapping[str, str]) -> Session | None:
        """The live session of a request with these headers (names in small letters); its use is written down."""
        secret = self._seals.open(_USE, cookies_of(headers).get(self.cookie, ""))
        if secret is None:
            return None
        key, now = _digest(secret), to_us(self._clock())
        with self._engine.begin() as connection:
            row = connection.execute(_alive(key, now)).one_or_none() if self._takes_passwords else None
            if row is not None:
                _touch(connection, SESSIONS, row, key, now)
                return Session(secret, to_account(row))
            row = connection.execute(vouched.alive(key, now - _us(ABSOLUTE), now - _us(IDLE))).one_or_none()
            if row is None:
                return None
            _touch(connection, VOUCHED, row, key, now)
            return Session(secret, vouched.account_of(row), Voucher(row.how, row.hint))

    def begun(self, headers: Mapping[str, str]) -> datetime | None:
        """When the session of a request began; None where it carries none that is kept."""
        secret = self._seals.open(_USE, cookies_of(headers).get(self.cookie, ""))
        if secret is None:
            return None
        asked = [select(table.c.begun_us).where(table.c.id_digest == _digest(secret)) for table in (SESSIONS, VOUCHED)]
        with self._engine.begin() as connection:
            found = [connection.execute(one).scalar_one_or_none() for one in asked]
        return next((from_us(us) for us in found if us is not None), None)

    def end(self, session: Session) -> None:
        """Sign out: the cookie is worth nothing from now on, wherever a copy of it lies."""
        with self._engine.begin() as connection:
            for table in (SESSIONS, VOUCHED):
                connection.execute(delete(table).where(table.c.id_digest == _digest(session.id)))

    def form_token(self, bound_to: str) -> str:
        """The token that forms carry, bound to a session's id (or, before sign-in, to the visitor's cookie)."""
        return self._seals.seal(_FORM_USE, bound_to)

    def is_form_token(self, bound_to: str, token: str) -> bool:
        """Whether this token was made for that session or visitor."""
        return self._seals.is_sealed(_FORM_USE, bound_to, token)


def cookies_of(headers: Mapping[str, str]) -> dict[str, str]:
    """The cookies of a request's headers. Source: RFC 6265, 4.2.1."""
    pairs = (pair.strip().partition("=") for pair in headers.get("cookie", "").split(";"))
    return {name: value for name, _, value in pairs}


def _alive(key: str, now_us: int) -> Select[Any]:
    return (
        with_practitioner()
        .add_columns(SESSIONS.c.seen_us)
        .join(SESSIONS, SESSIONS.c.account == ACCOUNTS.c.id)
        .where(
            SESSIONS.c.id_digest == key,
            SESSIONS.c.begun_us >= now_us - _us(ABSOLUTE),
            SESSIONS.c.seen_us >= now_us - _us(IDLE),
        )
    )


def _touch(connection: Connection, table: Table, row: Row[Any], key: str, now_us: int) -> None:
    if row.seen_us < now_us - _us(_TOUCH):
        connection.execute(update(table).where(table.c.id_digest == key).values(seen_us=now_us))


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _us(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
