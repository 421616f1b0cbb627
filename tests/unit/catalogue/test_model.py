"""Entries and recalls are read as they were written, and nothing that is none is taken for one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from tabard.catalogue import Entry, Level, Listed, NotPublished, Recall, Summary
from tabard.catalogue.model import RecallList, read, write

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  as drawn
PRODUCTS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
ENVELOPES = st.dictionaries(TEXTS, TEXTS | st.integers() | st.lists(TEXTS, max_size=2), max_size=3)
NUMBERS = st.from_regex(r"[0-9]{1,6}(\.[0-9]{1,6}){2}", fullmatch=True)
LISTED = st.builds(Listed, NUMBERS, DIGESTS, st.integers(1, 2**26), ENVELOPES, ENVELOPES, MOMENTS)
VERSIONS = st.lists(LISTED, min_size=1, max_size=3, unique_by=lambda one: one.version).map(tuple)
ENTRIES = st.builds(Entry, PRODUCTS, TEXTS, TEXTS, TEXTS, VERSIONS)
RECALLS = st.builds(
    Recall, TEXTS, PRODUCTS, st.lists(DIGESTS, max_size=2).map(tuple), st.sampled_from(Level), TEXTS, TEXTS, MOMENTS
)

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


@given(ENTRIES)
def test_an_entry_survives_writing(entry: Entry) -> None:
    """What is read is what was written, in one text; its newest version is the first."""
    again = Entry.from_bytes(entry.to_bytes())
    assert again == entry
    assert again.to_bytes() == entry.to_bytes()
    assert entry.version(entry.newest.version) == entry.newest
    assert Summary.of(entry).version == entry.newest.version


@given(st.lists(RECALLS, max_size=3).map(tuple))
def test_recalls_survive_writing(recalls: tuple[Recall, ...]) -> None:
    """What is read is what was written."""
    assert read(write(RecallList(recalls)), RecallList).recalls == recalls


def test_a_level_that_is_not_known_is_the_gravest() -> None:
    """A newer centre's new level stops the product at a site that does not know it."""
    recall = Recall("r1", "ward-board", (), Level.advisory, "Why.", "What.", datetime(2026, 3, 2, tzinfo=UTC))
    raw = write(RecallList((recall,))).replace(b'"advisory"', b'"burn_it"')
    assert read(raw, RecallList).recalls[0].level is Level.stop


@pytest.mark.parametrize(
    ("packages", "product", "is_meant"),
    [
        ((), "ward-board", True),
        (("ab" * 32,), "ward-board", True),
        (("cd" * 32,), "ward-board", False),
        ((), "b", False),
    ],
)
def test_a_recall_means_its_packages(packages: tuple[str, ...], product: str, is_meant: bool) -> None:  # noqa: FBT001  a case's value
    """Without a package named all of the product are meant; another product never."""
    recall = Recall("r1", product, packages, Level.stop, "Why.", "What.", datetime(2026, 3, 2, tzinfo=UTC))
    assert recall.is_about("ward-board", "ab" * 32) is is_meant


@pytest.mark.parametrize("product", ["", "Ward", "a/b", "../a", "-a", "a" * 65, "a\n"])
def test_a_product_s_id_is_plain(product: str) -> None:
    """An id that could name another file is none."""
    with pytest.raises(NotPublished):
        Recall("r1", product, (), Level.stop, "Why.", "What.", datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b'{"product":"a"}', b"\xff"])
def test_what_is_no_entry_is_refused(raw: bytes) -> None:
    """Junk, and an entry without its fields."""
    with pytest.raises(NotPublished):
        Entry.from_bytes(raw)


@pytest.mark.parametrize(("sha256", "size"), [("AB" * 32, 1), ("../../etc", 1), ("ab" * 32, 0), ("ab" * 32, 2**26 + 1)])
def test_a_package_is_named_by_its_digest_and_size(sha256: str, size: int) -> None:
    """Neither a path nor a size beyond measure stands in a list."""
    with pytest.raises(NotPublished):
        Listed("1.0.0", sha256, size, {}, {}, datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize(
    ("told", "read_as"),
    [
        ("2026-03-02T09:00:00", datetime(2026, 3, 2, 9, 0, tzinfo=UTC)),
        ("2026-03-02T09:00:00+01:00", datetime(2026, 3, 2, 8, 0, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", datetime(1970, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59-14:00", datetime(9999, 1, 1, tzinfo=UTC)),
    ],
)
def test_no_date_keeps_a_recall_from_holding(told: str, read_as: datetime) -> None:
    """Without an offset, or beyond any calendar: it is a moment that can be compared with any other, and shown."""
    raw = write(RecallList((Recall("r1", "ward-board", (), Level.stop, "Why.", "What.", MIDNIGHT),)))
    again = read(raw.replace(b"2026-03-02T00:00:00Z", told.encode()), RecallList).recalls[0]
    assert again.issued == read_as
    assert again.issued.tzinfo is UTC


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b'"1.0.0"', b'"1.0"'),
        (b'"1.0.0"', b'"1.0.0\\u001b[2J"'),
        (b'"1.0.0"', b'"' + b"1" * 5000 + b'"'),
        (b'"decision":{}', b'"decision":{"a":1.5}'),
        (b'"decision":{}', b'"decision":{"a":1e999}'),
        (b'"release":{}', b'"release":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        (b'"product"', b'"more":' + b"[" * 100_000 + b"]" * 100_000 + b',"product"'),
    ],
)
def test_what_a_thief_of_the_store_s_keys_may_list_is_refused_in_one_way(was: bytes, becomes: bytes) -> None:
    """Versions that are none, envelopes that have no one text, depth beyond measure: each is a catalogue that cannot be read."""
    listed = Listed("1.0.0", "ab" * 32, 1, {}, {}, MIDNIGHT)
    raw = Entry("ward-board", "Ward board", "Shows a ward.", "RXX", (listed,)).to_bytes()
    assert raw.count(was) == 1
    with pytest.raises(NotPublished):
        Entry.from_bytes(raw.replace(was, becomes))
