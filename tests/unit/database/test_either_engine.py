"""What both engines promise alike."""

from collections.abc import Iterator
from contextlib import closing, suppress
from threading import Barrier, Thread

import apsw
import pytest

from tabard.database import Connection, DatabaseRefused, Place, migrate, open_readers, open_writer
from tabard.ground.errors import CallerError

STEPS = ("CREATE TABLE one (n INTEGER); INSERT INTO one VALUES (1)", "CREATE TABLE two (n INTEGER PRIMARY KEY, t TEXT)")


@pytest.fixture
def connection(place: Place) -> Iterator[Connection]:
    with closing(open_writer(place, durable=False)) as opened:
        migrate(opened, STEPS)
        yield opened


def test_steps_run_once_and_only_the_new_ones(place: Place) -> None:
    """What has had the first step gets only the second, and a third call changes nothing."""
    with closing(open_writer(place, durable=False)) as connection:
        migrate(connection, STEPS[:1])
        migrate(connection, STEPS)
        migrate(connection, STEPS)
        assert connection.execute("SELECT count(*) FROM one").get == 1
        assert connection.steps_had() == 2


def test_a_broken_step_leaves_nothing(place: Place) -> None:
    """When a later step fails, none of the steps of that call is there."""
    with closing(open_writer(place, durable=False)) as connection:
        with pytest.raises((apsw.SQLError, DatabaseRefused)):
            migrate(connection, (STEPS[0], "CREATE TABEL two (n)"))
        assert connection.steps_had() == 0
        migrate(connection, STEPS)


def test_what_a_newer_tabard_wrote_is_refused(connection: Connection) -> None:
    """It is not touched, and the remedy is said."""
    with pytest.raises(CallerError, match="newer Tabard"):
        migrate(connection, STEPS[:1])


def test_two_that_open_at_once_migrate_once(place: Place) -> None:
    """Each finds the schema made, whoever made it."""
    barrier, faults = Barrier(3), []

    def begin() -> None:
        with closing(open_writer(place, durable=False)) as opened:
            barrier.wait()
            try:
                migrate(opened, STEPS)
            except Exception as fault:  # noqa: BLE001  told by the test
                faults.append(fault)

    threads = [Thread(target=begin) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with closing(open_writer(place, durable=False)) as opened:
        assert opened.execute("SELECT count(*) FROM one").get == 1


def test_get_and_rows(connection: Connection) -> None:
    """One value as it is, more as a tuple, no row as None; rows as tuples; text, bytes, numbers and nothing come back."""
    with connection.transaction():
        connection.executemany("INSERT INTO two VALUES (?, ?)", [(1, "a"), (2**62, None)])
    assert connection.execute("SELECT t FROM two WHERE n = ?", (1,)).get == "a"
    assert connection.execute("SELECT n, t FROM two WHERE n = ?", (2**62,)).get == (2**62, None)
    assert connection.execute("SELECT n FROM two WHERE n = ?", (3,)).get is None
    assert list(connection.execute("SELECT n FROM two ORDER BY n")) == [(1,), (2**62,)]


def test_savepoints_within_savepoints(connection: Connection) -> None:
    """Each takes back its own, and what failed in the database is taken back too."""
    with connection.transaction():
        connection.execute("INSERT INTO two VALUES (1, 'kept')")
        with suppress(ZeroDivisionError), connection.savepoint():
            connection.execute("INSERT INTO two VALUES (2, 'undone')")
            with suppress(apsw.ConstraintError, DatabaseRefused), connection.savepoint():
                connection.execute("INSERT INTO two VALUES (1, 'again')")
            connection.execute("INSERT INTO two VALUES (3, 'undone')")
            raise ZeroDivisionError
        with connection.savepoint():
            connection.execute("INSERT INTO two VALUES (4, 'kept')")
    assert [n for (n,) in connection.execute("SELECT n FROM two ORDER BY n")] == [1, 4]


def test_a_snapshot_is_of_one_commit(place: Place, connection: Connection) -> None:
    """What is committed between two reads of a snapshot is seen by neither, and by the next one."""

    def looked(reading: Connection) -> list[int]:
        with reading.snapshot():
            seen = [reading.execute("SELECT count(*) FROM two").get]
            with connection.transaction():
                connection.execute("INSERT INTO two VALUES (1, 'a')")
            return [*seen, reading.execute("SELECT count(*) FROM two").get]

    readers = open_readers(place, lambda _: None)
    assert readers.run(looked) == [0, 0]
    assert readers.run(lambda reading: reading.execute("SELECT count(*) FROM two").get) == 1
    readers.close()


def test_text_is_ordered_by_code_point(connection: Connection) -> None:
    """Whatever the server's own language says of letters."""
    texts = [
        "",
        "A",
        "B",
        "a",
        "b",
        "z",
        "\u00e9",
        "\uffee",
        "\U0001f600",
        "a b",
        "a-b",
        "ab",
        "\0",
        "\1",
        "a\0b",
        "a\1b",
    ]
    with connection.transaction():
        connection.executemany("INSERT INTO two VALUES (?, ?)", list(enumerate(texts)))
    assert [t for (t,) in connection.execute("SELECT t FROM two ORDER BY t")] == sorted(texts)
    for text in texts:
        assert connection.execute("SELECT t FROM two WHERE t = ?", (text,)).get == text


def test_what_is_refused_to_check_is_not_lent(place: Place, connection: Connection) -> None:
    """Who opens a reader that `check` refuses hears so each time, and nothing stays open."""
    del connection

    def check(_: Connection) -> None:
        raise CallerError("not this one")

    readers = open_readers(place, check)
    for _ in range(2):
        with pytest.raises(CallerError, match="not this one"):
            readers.run(lambda reading: reading.flavour)
    readers.close()
