"""Statements that wait go in the order that counts."""

from hypothesis import given, strategies as st

from tabard.database.waiting import Waiting

INSERT, DELETE, UPDATE = (
    "INSERT INTO {} (a) VALUES (?)",
    "DELETE FROM {} WHERE a = ?",
    "UPDATE {} SET b = 1 WHERE a = ?",
)
BARRIER = "SAVEPOINT s1"
words = st.sampled_from([each.format(table) for each in (INSERT, DELETE, UPDATE) for table in "tu"])
added = st.lists(
    st.one_of(st.tuples(words, st.lists(st.integers(), max_size=20)), st.just((BARRIER, [0]))), max_size=12
)


def on(table: str, told: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """What was done to one table, and where the barriers stand."""
    return [(sql[:6], value) for sql, value in told if f" {table} " in sql or sql == BARRIER]


@given(added)
def test_each_table_sees_its_statements_in_order(those: list[tuple[str, list[int]]]) -> None:
    """Joined or not, each table has its rows in the order in which they were given, and nothing passes a barrier."""
    waiting = Waiting()
    for sql, values in those:
        waiting.add(sql, [(value,) for value in values])
    assert bool(waiting) == bool(those)
    gone = [(sql, value) for sql, values in waiting.go() for value in values]
    given_ = [(sql, value) for sql, values in those for value in values]
    for table in "tu":
        assert on(table, gone) == on(table, given_)
    assert not waiting


def test_rows_of_many_statements_go_together() -> None:
    """Two tables written turn by turn are two statements; one that was changed between is not passed."""
    waiting = Waiting()
    for value in range(3):
        waiting.add(INSERT.format("t"), [(value,)])
        waiting.add(INSERT.format("u"), [(value,)])
    assert [values for _, values in waiting.go()] == [[0, 1, 2], [0, 1, 2]]
    for sql in (INSERT, DELETE, INSERT):
        waiting.add(sql.format("t"), [(1,)])
    assert len(list(waiting.go())) == 3


def test_what_was_begun_is_taken_back() -> None:
    """With all behind it; what went already is told as gone."""
    waiting = Waiting()
    waiting.add(INSERT.format("t"), [(1,)])
    waiting.add(BARRIER, [()])
    waiting.add(INSERT.format("t"), [(2,)])
    assert waiting.take_back(BARRIER)
    assert [values for _, values in waiting.go()] == [(1,)]
    assert not waiting.take_back(BARRIER)
