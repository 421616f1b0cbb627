"""Ledgers that are kept verified: a line is hashed once, what somebody else wrote is read, and what was changed is found."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from tabard.accreditation import frameworks
from tabard.accreditation.claims import BadLedger, Evidence, EvidenceKind, Ledger, ledger
from tabard.database import engine
from tabard.ground.canonical import canonical
from tabard.store.evidence import Evidences
from tabard.store.evidence_kept import KeptLedgers
from tabard.store.tables import METADATA

NOW = datetime(2026, 11, 2, tzinfo=UTC)
CRITERION = frameworks(NOW.date())[0].criteria[0].id


@dataclass
class Ledgers:
    """Evidences of one database, each of which stands for a process of its own."""

    tables: Engine

    def opened(self, most: int | None = None) -> Evidences:
        """A store's ledgers as a process has them that has read none yet."""
        kept = KeptLedgers() if most is None else KeptLedgers(most)
        return Evidences(self.tables, lambda: NOW, kept)

    def write(self, *statements: str) -> None:
        """Write past the store."""
        with self.tables.begin() as connection:
            for one in statements:
                connection.execute(text(one))

    def unguarded(self) -> None:
        """Take away the refusals of the database itself."""
        self.write("DROP TRIGGER evidence_entry_update", "DROP TRIGGER evidence_entry_delete")


@pytest.fixture
def ledgers(tmp_path: Path) -> Iterator[Ledgers]:
    tables = engine(tmp_path / "ledgers.db")
    METADATA.create_all(tables)
    yield Ledgers(tables)
    tables.dispose()


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of who wrote each line that is hashed."""
    seen: list[str] = []

    def counted(plain: Any) -> bytes:
        seen.append(plain["by"])
        return canonical(plain)

    monkeypatch.setattr(ledger, "canonical", counted)
    return seen


def item(number: int, organisation: str = "RZZ") -> Evidence:
    made, document = NOW.date(), EvidenceKind.document
    return Evidence(f"item-{number}", "ab" * 32, document, "How it is supported", organisation, made, (CRITERION,))


def filled(store: Evidences, *numbers: int, organisation: str = "RZZ") -> Evidences:
    for number in numbers:
        store.add(item(number, organisation), f"Pat {number}")
    return store


def names(found: Ledger) -> list[str]:
    return [one.by for one in found.entries]


def test_a_line_is_hashed_when_it_is_first_read(ledgers: Ledgers, hashed: list[str]) -> None:
    """The second read hashes none of them, and one after a new line hashes that one and the head before it."""
    filled(ledgers.opened(), *range(20))
    store = ledgers.opened()
    hashed.clear()
    first = store.ledger("RZZ")
    assert sorted(set(hashed)) == sorted(f"Pat {n}" for n in range(20))
    hashed.clear()
    assert store.ledger("RZZ") is first
    assert hashed == []
    filled(ledgers.opened(), 20)
    hashed.clear()
    assert store.ledger("RZZ").entries[:20] == first.entries
    assert set(hashed) == {"Pat 19", "Pat 20"}


def test_two_stores_on_one_folder_read_what_the_other_wrote(ledgers: Ledgers) -> None:
    """In turn, each from its own head onwards; and the chain is one."""
    one, other = ledgers.opened(), ledgers.opened()
    for number in range(6):
        filled((one, other)[number % 2], number)
        assert one.ledger("RZZ") == other.ledger("RZZ") == ledgers.opened().ledger("RZZ")
    found = one.ledger("RZZ").entries
    assert all(after.before == before.sha256 for before, after in pairwise(found))


def test_a_line_changed_below_the_head_is_found_when_the_store_is_opened_anew(ledgers: Ledgers) -> None:
    """Until then what was verified counts, not what somebody made of it."""
    store = filled(ledgers.opened(), 1, 2, 3)
    before = store.ledger("RZZ")
    ledgers.unguarded()
    ledgers.write("UPDATE evidence_entry SET entry = replace(entry, 'Pat 1', 'Nobody') WHERE number = 1")
    assert store.ledger("RZZ") == before
    with pytest.raises(BadLedger, match="changed"):
        ledgers.opened().ledger("RZZ")


def test_the_last_line_is_held_against_the_digest_beside_it(ledgers: Ledgers) -> None:
    """No line after it tells its digest yet."""
    filled(ledgers.opened(), 1, 2)
    ledgers.unguarded()
    ledgers.write("UPDATE evidence_entry SET entry = replace(entry, 'Pat 2', 'Nobody') WHERE number = 2")
    with pytest.raises(BadLedger, match="changed"):
        ledgers.opened().ledger("RZZ")


@pytest.mark.parametrize(
    "changed",
    [
        "UPDATE evidence_entry SET sha256 = replace(sha256, substr(sha256, 1, 4), '____') WHERE number = 3",
        "UPDATE evidence_entry SET entry = replace(entry, 'Pat 3', 'Nobody'), sha256 = 'ab' WHERE number = 3",
        "UPDATE evidence_entry SET number = 9 WHERE number = 2",
    ],
)
def test_a_ledger_without_the_kept_head_is_read_whole_and_fails(ledgers: Ledgers, changed: str) -> None:
    """Or whose lines stand in another order than they were written."""
    store = filled(ledgers.opened(), 1, 2, 3)
    store.ledger("RZZ")
    ledgers.unguarded()
    ledgers.write(changed)
    with pytest.raises(BadLedger, match="changed"):
        store.ledger("RZZ")
    with pytest.raises(BadLedger, match="changed"):
        filled(store, 4)


def test_a_shorter_ledger_is_read_as_it_stands(ledgers: Ledgers) -> None:
    """What is kept never speaks for lines that the table does not hold; where the gap lies within, the chain tells."""
    store = filled(ledgers.opened(), 1, 2, 3)
    store.ledger("RZZ")
    ledgers.unguarded()
    ledgers.write("DELETE FROM evidence_entry WHERE number = 3")
    assert names(store.ledger("RZZ")) == ["Pat 1", "Pat 2"]
    ledgers.write("DELETE FROM evidence_entry WHERE number = 2")
    assert names(store.ledger("RZZ")) == ["Pat 1"]
    ledgers.write("DELETE FROM evidence_entry")
    assert store.ledger("RZZ") == Ledger()


def test_what_is_undone_is_not_kept(ledgers: Ledgers) -> None:
    """A line whose transaction failed is in no ledger."""
    store = filled(ledgers.opened(), 1)

    def fails(*_args: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.written("RZZ", lambda old, now: ledger.add(old, item(2), by="Pat 2", at=now), fails)
    assert names(store.ledger("RZZ")) == ["Pat 1"]


@pytest.mark.parametrize(("most", "again"), [(10**6, []), (600, ["one"]), (1, ["one", "two"])])
def test_what_is_kept_has_a_bound(ledgers: Ledgers, hashed: list[str], most: int, again: list[str]) -> None:
    """The ledger asked for longest ago goes first; one that is too long alone is read each time."""
    for name in ("one", "two"):
        ledgers.opened().add(item(1, name.upper()), name)
    store = ledgers.opened(most)
    for name in ("ONE", "TWO", "NOBODYS"):
        store.ledger(name)
    hashed.clear()
    for name in ("TWO", "ONE"):
        store.ledger(name)
    assert sorted(set(hashed)) == again


def test_many_threads_read_and_write_one_ledger(ledgers: Ledgers) -> None:
    """Each sees a ledger whose chain holds, and in the end all lines stand."""
    store = ledgers.opened()

    def one(number: int) -> None:
        filled(store, number)
        found = store.ledger("RZZ").entries
        assert all(after.before == before.sha256 for before, after in pairwise(found))

    _all(one, 24)
    assert sorted(names(store.ledger("RZZ"))) == sorted(f"Pat {n}" for n in range(24))


def _all(act: Callable[[int], None], count: int) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(act, range(count)))
