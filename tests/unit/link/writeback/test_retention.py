"""What was written is not kept beside the record longer than the links keep what they were sent."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tabard.ground.errors import NotFound
from tabard.link import LinkSettings
from tabard.link.out import OUTBOX_FILE, OutState
from tabard.link.out.judging import Verdict
from tabard.link.out.outbox import Outbox
from tabard.link.writeback import Write, WriteState
from tabard.link.writeback.book import Book
from tabard.link.writeback.keeping import EVERY, Keeping, forget_left
from unit.link.writeback.a_hospital import NOW, Hospital, a_hospital, temperature

LATER = NOW + timedelta(days=30)


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    """A hospital that writes back."""
    with a_hospital(tmp_path) as made:
        yield made


def written(hospital: Hospital, state: WriteState, own: str) -> Write:
    """A write that has come as far as that."""
    write = hospital.write(temperature(hospital.patient(), own=own)).write
    hospital.turn()
    hospital.book.settle(write.id, state, "", "")
    return hospital.book.entry(write.id)


@pytest.mark.parametrize("state", list(WriteState))
def test_what_is_done_loses_its_content_and_keeps_its_line(hospital: Hospital, state: WriteState) -> None:
    """What the record system said it has; never what is on its way or waits for a person, who may have it sent again."""
    write, is_done = written(hospital, state, "t1"), state in {WriteState.accepted, WriteState.confirmed}
    assert hospital.book.forget(NOW) == 0, "it was settled no earlier than that"
    assert hospital.book.forget(LATER) == int(is_done)
    content = hospital.book.content(write.id)
    assert ((content.body, content.message) == (None, None)) is is_done
    assert content.numbers
    assert hospital.book.entry(write.id) == write
    assert hospital.book.forget(LATER) == 0


def test_the_same_write_again_is_still_the_first(hospital: Hospital) -> None:
    """Its digest is kept: nothing is written twice because its content went."""
    first = hospital.write(temperature(hospital.patient(), own="t1"))
    hospital.book.settle(first.write.id, WriteState.accepted, "", "")
    assert hospital.book.forget(LATER) == 1
    again = hospital.write(temperature(hospital.patient(), own="t1"))
    assert (again.write.id, again.is_new) == (first.write.id, False)


def test_no_byte_of_it_stays_in_the_file(hospital: Hospital) -> None:
    """What is taken away is written over."""
    first = hospital.write(temperature(hospital.patient(), own="own-of-a-product"))
    hospital.book.settle(first.write.id, WriteState.confirmed, "", "")
    assert hospital.book.forget(LATER) == 1
    hospital.book._file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"own-of-a-product" not in (hospital.folder / "writeback.db").read_bytes()


def test_each_hour_what_is_old_goes(hospital: Hospital) -> None:
    """At the first turn and then hourly: from the book, and from the outbox what was accepted."""
    write, clock = written(hospital, WriteState.accepted, "t1"), [NOW + timedelta(days=10, hours=-1, minutes=-1)]
    assert write.number is not None
    hospital.outbound._outbox.conclude(write.number, Verdict(OutState.accepted))
    keeping = Keeping(
        hospital.book, hospital.outbound, [LinkSettings("pas", "itk-2.4", 0, keep_days=10)], lambda: clock[0]
    )
    keeping.turn()
    clock[0] += EVERY - timedelta(minutes=1)
    keeping.turn()
    assert hospital.book.content(write.id).body is not None
    clock[0] += timedelta(minutes=3)
    keeping.turn()
    assert hospital.book.content(write.id).body is None
    with pytest.raises(NotFound):
        hospital.outbound.raw(write.number)


def test_nothing_goes_where_a_link_keeps_for_ever(hospital: Hospital) -> None:
    """Then contents stay, as the journal's do."""
    write = written(hospital, WriteState.accepted, "t1")
    links = [LinkSettings("pas", "itk-2.4", 0, keep_days=0)]
    Keeping(hospital.book, hospital.outbound, links, lambda: LATER).turn()
    assert hospital.book.content(write.id).body is not None


def test_a_hospital_that_writes_back_forgets_by_itself(hospital: Hospital) -> None:
    """Once what the outbox says was heard; by the days of its links."""
    hospital.book._clock = lambda: NOW - timedelta(days=91)
    write = written(hospital, WriteState.accepted, "t1")
    hospital.book._clock = lambda: NOW - timedelta(days=89)
    other = written(hospital, WriteState.accepted, "t2")
    hospital.back._carry()
    assert (hospital.book.content(write.id).body, hospital.book.content(other.id).body is None) == (None, False)


def test_what_is_left_goes_when_no_link_writes_any_more(tmp_path: Path) -> None:
    """The book and the outbox of a hospital that wrote back are emptied of what is old; what was not heard of stays."""
    with a_hospital(tmp_path) as hospital:
        heard, unheard = (written(hospital, WriteState.accepted, own) for own in ("t1", "t2"))
        for one in (heard, unheard):
            assert one.number is not None
            hospital.outbound._outbox.conclude(one.number, Verdict(OutState.accepted))
            hospital.turn() if one is heard else None
    forget_left(tmp_path, [LinkSettings("pas", "itk-2.4", 0, keep_days=0)], lambda: LATER)
    assert kept(tmp_path) == ([heard.id, unheard.id], [heard.number, unheard.number])
    forget_left(tmp_path, [LinkSettings("pas", "itk-2.4", 0, keep_days=10)], lambda: LATER)
    assert kept(tmp_path) == ([], [unheard.number])
    forget_left(tmp_path / "elsewhere", [LinkSettings("pas", "itk-2.4", 0, keep_days=10)], lambda: LATER)
    assert not (tmp_path / "elsewhere").exists()


def kept(folder: Path) -> tuple[list[int], list[int]]:
    """The writes whose content is kept, and the numbers of messages in the outbox."""
    with closing(Book(folder, lambda: NOW)) as book:
        writes = sorted(one.id for one in book.list(None, None, 9) if book.content(one.id).body is not None)
    with closing(Outbox(folder / OUTBOX_FILE, lambda: NOW)) as outbox:
        found = outbox.entries(destination=None, state=None, before=None, limit=9)
    return writes, sorted(one.id for one in found)
