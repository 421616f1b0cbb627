"""PostgreSQL as one of the two engines, by psycopg 3. Imported only where a PostgreSQL database is opened.

A connection is in autocommit and begins its own transactions. A writing transaction first takes an advisory lock, so that
there is one writer at a time among all processes, and reads with READ COMMITTED: its first look must come after the lock.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NoReturn

import psycopg
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import StrDumperUnknown, TextBinaryLoader

from tabard.database.connections import Flavour
from tabard.database.errors import DatabaseAway, DatabaseRefused
from tabard.database.place import Server
from tabard.database.rows import Rows
from tabard.database.texts import shield, unshield
from tabard.database.waiting import Waiting
from tabard.database.wording import answers, gathered, numbered
from tabard.ground.errors import CallerError

OLDEST_VERSION = 140000
CONNECT_TIMEOUT_S = 5
LOCK_TIMEOUT_MS = 30_000
_STEPS_TABLE = "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_steps'"
_LOCK = 0x7AB4_12D0  # Tabard's own, in a database that others may share; the second half is the schema's
_SETTINGS = (
    "SELECT set_config('jit', 'off', false), set_config('client_min_messages', 'warning', false),"
    " set_config('lock_timeout', $1, false), set_config('synchronous_commit', CASE WHEN NOT $2 THEN 'off'"
    " WHEN current_setting('synchronous_commit') = 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)"
)


class _Text(StrDumperUnknown):
    def dump(self, obj: str) -> Any:
        return super().dump(shield(obj))


class _Shown(TextBinaryLoader):
    def load(self, data: Any) -> str:
        return unshield(str(super().load(data)))


_NONE = Rows([])


class PostgresqlConnection:
    """One connection. Its faults are DatabaseAway and DatabaseRefused, which never tell a value."""

    flavour = Flavour.POSTGRESQL

    def __init__(self, server: Server, *, durable: bool) -> None:
        self._server = server
        self._durable = durable
        self._savepoints = 0
        self._waiting = Waiting()
        self._is_inside = False
        self._is_given_back = False
        self._open()

    @property
    def is_lost(self) -> bool:
        """Whether the server or the way to it has gone; the next writing transaction tries to have it back."""
        return self._raw.closed

    def execute(self, sql: str, bound: Sequence[Any] = (), /) -> Rows:
        """Carry out one statement, prepared on the server when it comes again.

        Inside a transaction one without an answer waits for the next that has one, or for the end: a way to the server
        costs more than what most statements do there.
        """
        if self._is_inside and not answers(sql):
            self._waiting.add(sql, (bound,))
            return _NONE
        return self._now(sql, bound)

    def executemany(self, sql: str, bound: Sequence[Sequence[Any]], /) -> None:
        """Carry out one statement for each row of values; gathered into few, where it is an INSERT or a DELETE."""
        if self._is_inside:
            self._waiting.add(sql, bound)
            return
        for statement, values in gathered(sql, bound):
            self.execute(statement, values)

    def each(self, sql: str, bound: Sequence[Sequence[Any]], /) -> list[Any]:
        """What the statement answers for each row of values, all in one way to the server."""
        return [rows.get for rows in self.several([(sql, values) for values in bound])]

    def several(self, asked: Sequence[tuple[str, Sequence[Any]]], /) -> list[Rows]:
        """What the statements answer; what waits and all of them go in one way to the server."""
        try:
            with self._raw.pipeline():
                self._send()
                cursors = [
                    psycopg.RawCursor(self._raw).execute(numbered(sql), values, binary=True) for sql, values in asked
                ]
            return [Rows(cursor.fetchall()) for cursor in cursors]
        except (psycopg.Error, UnicodeError) as fault:
            self._fail(fault)

    def gather_statistics(self) -> None:
        """Have the server count what is in the schema's tables."""
        names = self.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = current_schema()"
        )
        self.script(f"ANALYZE {names.get}")

    def script(self, sql: str) -> None:
        """Carry out many statements without values."""
        try:
            self._flush()
            self._raw.execute(sql.encode())
        except psycopg.Error as fault:
            self._fail(fault)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One writing transaction, the only one on this schema among all processes; see `Connection.transaction`."""
        self._begin()
        with self._ended():
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All reads inside see one and the same commit."""
        self._waiting.clear()
        self._waiting.add("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", ((),))
        with self._ended():
            yield

    def savepoint(self) -> AbstractContextManager[None]:
        """What is done inside is undone alone when an exception leaves it."""
        return self._saving()

    def steps_had(self) -> int:
        """How many steps of its schema the database has had: a row of a table of its own."""
        # Not to_regclass: it may answer from before the lock was had, out of a cache.
        if self.execute(_STEPS_TABLE).get is None:
            return 0
        return int(self.execute("SELECT had FROM schema_steps").get)

    def set_steps_had(self, steps: int) -> None:
        """Remember how many."""
        self.script(
            "CREATE TABLE IF NOT EXISTS schema_steps (one BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (one), had BIGINT NOT NULL)"
        )
        self.execute(
            "INSERT INTO schema_steps (had) VALUES (?) ON CONFLICT (one) DO UPDATE SET had = excluded.had", (steps,)
        )

    def told(self) -> str:
        """The address, without the password."""
        return str(self._server)

    def close(self) -> None:
        """Give it back. Closing twice is fine."""
        self._is_given_back = True
        self._raw.close()

    def _open(self) -> None:
        self._raw = _connect(self._server)
        try:
            self._settle(durable=self._durable)
        except BaseException:
            self._raw.close()
            raise

    def _begin(self) -> None:
        """Begin to write, on a new connection where the server broke off since the last time: nothing was in hand."""
        if not self.is_lost:
            try:
                self._lock()
            except DatabaseAway:
                if not self.is_lost:
                    raise
            else:
                return
        if self._is_given_back:
            raise DatabaseRefused("the connection was given back", where=self.told())
        self._open()
        self._lock()

    def _lock(self) -> None:
        self._waiting.clear()
        self._waiting.add("BEGIN ISOLATION LEVEL READ COMMITTED", ((),))
        try:
            self._now("SELECT pg_advisory_xact_lock(CAST(? AS integer), hashtext(current_schema()))", (_LOCK,))
        except BaseException:
            self._roll_back()
            raise

    @contextmanager
    def _ended(self) -> Iterator[None]:
        self._is_inside = True
        try:
            yield
            self._commit()
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._is_inside = False

    def _commit(self) -> None:
        if self._now("COMMIT", ()).status != "COMMIT":  # PostgreSQL's way to commit what a statement has broken
            raise DatabaseRefused("a statement had failed before: nothing was kept", where=self.told())

    def _roll_back(self) -> None:
        self._waiting.clear()
        if not self.is_lost and self._raw.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            self._now("ROLLBACK", ())

    @contextmanager
    def _saving(self) -> Iterator[None]:
        self._savepoints += 1
        name = f"s{self._savepoints}"
        try:
            self._flush()  # what was before must not fail inside
            self.execute(f"SAVEPOINT {name}")
            try:
                yield
                self._now(f"RELEASE SAVEPOINT {name}", ())  # at once: what is inside must not fail behind
            except BaseException:
                self._undo(name)
                raise
        finally:
            self._savepoints -= 1

    def _undo(self, savepoint: str) -> None:
        if not self._waiting.take_back(f"SAVEPOINT {savepoint}") and not self.is_lost:
            self._waiting.clear()
            self._waiting.add(f"ROLLBACK TO SAVEPOINT {savepoint}", ((),))
            self._now(f"RELEASE SAVEPOINT {savepoint}", ())

    def _now(self, sql: str, bound: Sequence[Any]) -> Rows:
        """Carry out what waits and then the statement, in one way to the server."""
        cursor = self._cursor
        try:
            if self._waiting:
                with self._raw.pipeline():
                    self._send()
                    cursor.execute(numbered(sql), bound, binary=True)
            else:
                cursor.execute(numbered(sql), bound, binary=True)
            has_rows = (
                cursor.pgresult is not None and cursor.pgresult.nfields > 0
            )  # `description` would be made each time
            return Rows(cursor.fetchall() if has_rows else [], cursor.statusmessage)
        except (psycopg.Error, UnicodeError) as fault:
            self._fail(fault)

    def _flush(self) -> None:
        if not self._waiting:
            return
        try:
            with self._raw.pipeline():
                self._send()
        except (psycopg.Error, UnicodeError) as fault:
            self._fail(fault)

    def _settle(self, *, durable: bool) -> None:
        self._raw.prepare_threshold = 2
        self._raw.prepared_max = 400
        self._raw.adapters.register_dumper(int, Int8Dumper)  # one type for all numbers: one plan for a statement
        self._raw.adapters.register_dumper(str, _Text)
        self._raw.adapters.register_loader("text", _Shown)
        self._cursor = psycopg.RawCursor(self._raw)
        if (
            self._raw.info.server_version < OLDEST_VERSION
            or self._raw.info.parameter_status("server_encoding") != "UTF8"
        ):
            raise CallerError(
                "this PostgreSQL database cannot hold a record",
                where=self.told(),
                expected=f"PostgreSQL {OLDEST_VERSION // 10_000} or newer, encoding UTF8",
                remedy="make the database with ENCODING 'UTF8' on a newer server",
            )
        self.execute(_SETTINGS, (str(LOCK_TIMEOUT_MS), durable))

    def _send(self) -> None:
        for sql, values in self._waiting.go():
            psycopg.RawCursor(self._raw).execute(numbered(sql), values)

    def _fail(self, fault: Exception) -> NoReturn:
        """Tell a fault without the values that the server may have put into its words."""
        if isinstance(fault, UnicodeError):
            raise DatabaseRefused("a text is no Unicode", expected="no lone surrogates") from None
        if self.is_lost or (isinstance(fault, psycopg.OperationalError) and fault.sqlstate is None):
            self._raw.close()
            raise _away(self._server, type(fault).__name__) from None
        told = f"{type(fault).__name__} {getattr(fault, 'sqlstate', None) or ''}".strip()
        if isinstance(fault, psycopg.OperationalError):  # a full disk, too many connections, a lock that others hold
            raise DatabaseAway(
                "the database cannot go on now", where=self.told(), got=told, remedy="see its log"
            ) from None
        raise DatabaseRefused("the database refused a statement", where=self.told(), got=told) from None


def _connect(server: Server) -> psycopg.Connection[tuple[Any, ...]]:
    try:
        return psycopg.connect(
            server.url,
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_S,
            application_name="tabard",
            keepalives_idle=30,
            tcp_user_timeout=15_000,
            password=server.password,
        )
    except psycopg.OperationalError as fault:
        raise _away(server, " ".join(str(fault).split())) from None


def _away(server: Server, got: str) -> DatabaseAway:
    return DatabaseAway(
        "the PostgreSQL database does not answer",
        where=str(server),
        got=got,
        remedy="start the server, or mend the address, the password or the rights of the user",
    )
