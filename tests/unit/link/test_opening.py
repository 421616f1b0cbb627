"""An opening load: what was there before, journaled and applied like any message, and said to be not whole until closed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tabard.ground.errors import CallerError, NotFound
from tabard.journal import JournalReader, State
from tabard.link import LinkSettings, Opening, add_link, close_opening, load_opening
from tabard.link.incomplete import Openings
from tabard.link.loading import Loaded
from tabard.link.parked import JOURNAL_FILE
from unit.link.an_applier import Bench
from unit.link.itk import Who, adt

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
JONES = Who("2002", family="JONES", born="19700101")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    add_link(tmp_path, LinkSettings("pas", "itk-2.4", 0))
    return tmp_path


def file(folder: Path, *messages: bytes, name: str = "beds.hl7") -> Path:
    path = folder / name
    path.write_bytes(b"".join(messages))
    return path


def load(folder: Path, *paths: Path) -> Loaded:
    return load_opening(folder, "pas", paths, "kim", lambda: NOW)


def test_what_is_loaded_waits_and_sets_nothing_off(folder: Path) -> None:
    """Each message of the file is journaled as one that is only for the record, with who loaded it and why."""
    assert load(folder, file(folder, adt("A01"), adt("A01", JONES, "502"))) == Loaded(2, 0, 0)
    reader = JournalReader(folder / JOURNAL_FILE)
    assert [(one.seq, one.is_replay) for one in reader.waiting(9)] == [(1, True), (2, True)]
    (why,) = reader.interventions(1)
    assert (why.by, why.reason) == ("kim", "opening load from beds.hl7")
    assert reader.counts()["waiting"] == 2
    assert reader.counts() == reader.recount()
    assert reader.last_received("pas") is None  # a load does not make a feed alive
    reader.close()


def test_a_load_that_broke_off_is_begun_anew(folder: Path) -> None:
    """What the journal has already is counted and not taken again; what cannot be read is kept and parked."""
    first = file(folder, adt("A01"))
    whole = file(folder, adt("A01"), adt("A01", JONES, "502"), name="whole.hl7")
    load(folder, first)
    assert load(folder, whole) == Loaded(2, 1, 0)
    reader = JournalReader(folder / JOURNAL_FILE)
    assert {state: number for state, number in reader.counts().items() if number} == {
        "received": 3,
        "waiting": 2,
        "duplicate": 1,
    }
    reader.close()


def test_a_batch_file_that_is_not_whole_is_refused(folder: Path) -> None:
    """A trailer that counts more than there is: nothing is journaled, and the place is named."""
    head, tail = b"BHS|^~\\&|PAS|RXX\r", b"BTS|3\r"
    with pytest.raises(CallerError, match="wrong count") as told:
        load(folder, file(folder, head, adt("A01"), tail))
    assert told.value.expected
    assert not (folder / JOURNAL_FILE).exists()


def test_a_load_needs_a_link_a_file_and_a_name(folder: Path) -> None:
    """Nothing is loaded for nobody's sake."""
    path = file(folder, adt("A01"))
    with pytest.raises(NotFound):
        load_opening(folder, "nowhere", [path], "kim", lambda: NOW)
    with pytest.raises(CallerError, match="cannot be read"):
        load(folder, folder / "missing.hl7")
    with pytest.raises(CallerError, match="wants a person"):
        load_opening(folder, "pas", [path], " ", lambda: NOW)


def test_the_record_is_incomplete_from_the_load_until_a_person_closes_it(folder: Path) -> None:
    """Since when, and who began it, is known; a second load goes on with the first; closing wants a reason."""
    assert Opening(folder, "pas").state() is None
    load(folder, file(folder, adt("A01")))
    load_opening(folder, "pas", [], "lee", lambda: NOW + timedelta(hours=1))
    state = Opening(folder, "pas").state()
    assert state is not None
    assert (state.link, state.since, state.by) == ("pas", NOW, "kim")
    with pytest.raises(CallerError, match="a reason"):
        close_opening(folder, "pas", "kim", "", lambda: NOW)
    close_opening(folder, "pas", "kim", "beds counted on all wards", lambda: NOW)
    assert Opening(folder, "pas").state() is None
    with pytest.raises(CallerError, match="no opening load"):
        close_opening(folder, "pas", "kim", "again", lambda: NOW)


def test_it_is_asked_at_every_answer_and_looked_up_now_and_then(folder: Path) -> None:
    """What is read is believed for a second; a file that cannot be read means that the record is in doubt."""
    moments = iter([NOW, NOW, NOW + timedelta(seconds=2), NOW + timedelta(seconds=4)])
    openings = Openings(folder, lambda: next(moments))
    assert openings.since("pas") is None
    Opening(folder, "pas").begin("kim", NOW)
    assert openings.since("pas") is None
    assert openings.since("pas") == NOW
    (folder / "links" / "pas.opening.json").write_bytes(b"{")
    assert openings.since("pas") == NOW + timedelta(seconds=4)


def test_a_live_message_wins_over_a_loaded_one_by_when_it_was_recorded() -> None:
    """The extract was made at eight and is loaded at noon; who moved at nine stays where they moved to."""
    bench = Bench()
    told = bench.told(
        adt("A02", place="W2^B2", at="202603010900"), adt("A01", at="202603010800"), adt("A08", at="202603010800")
    )
    assert told == ["applied", "applied", "stale"]
    assert bench.lying() == {"SMITH": ["W2", "B2"]}
    assert State.no_effect in {mark.outcome.state for mark in bench.marks.values()}
