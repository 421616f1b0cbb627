"""The decision log: an entry that was changed, left out or put in is found."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tabard.decision import BEGINNING, BadDecision, Entry, Head, head_of, next_entry, read_log, verify_log
from tabard.ground.canonical import canonical
from unit.decision.people import NOW, PACKAGE


def a_log(length: int) -> tuple[Entry, ...]:
    """A log of so many decisions."""
    entries: list[Entry] = []
    head = Head(0, BEGINNING)
    for number in range(length):
        told = {
            "at": NOW,
            "kind": "decided",
            "decision": f"d{number}",
            "product": "ward-board",
            "version": f"1.{number}.0",
        }
        more = {"package_sha256": PACKAGE, "statement_sha256": "01" * 32, "outcome": "accredited", "by": ("Ann", "Ben")}
        entries.append(next_entry(head, **told, **more, words="Accredited."))
        head = Head(entries[-1].seq, entries[-1].sha256)
    return tuple(entries)


LOG = a_log(5)


def test_a_log_survives_being_served() -> None:
    """What is read is what was written, and an older head stands in the longer log."""
    raw = b"[" + b",".join(one.to_bytes() for one in LOG) + b"]"
    assert read_log(raw) == LOG
    for length in range(6):
        assert verify_log(LOG, head_of(LOG[:length])) == head_of(LOG)
    assert Head.from_bytes(head_of(LOG).to_bytes()) == head_of(LOG)
    assert canonical({"count": 0, "sha256": BEGINNING}) == head_of(()).to_bytes()


@given(at=st.integers(0, 4), what=st.sampled_from(["change", "leave out", "put in twice", "swap"]))
def test_whatever_is_done_to_a_log_is_found(at: int, what: str) -> None:
    """Against the published head, no line can be changed, left out, doubled or moved."""
    log = list(LOG)
    if what == "change":
        log[at] = replace(log[at], outcome="refused")
    elif what == "leave out":
        del log[at]
    elif what == "put in twice":
        log.insert(at, log[at])
    else:
        log[at], log[at - 1] = log[at - 1], log[at]
    with pytest.raises(BadDecision):
        verify_log(log, head_of(LOG))


def test_a_log_that_was_written_anew_is_found_by_the_head() -> None:
    """A chain that holds in itself, but is not the one whose head was published."""
    other = a_log(4)
    assert verify_log(other, None) == head_of(other)
    with pytest.raises(BadDecision, match="published head"):
        verify_log(other, head_of(LOG))
    with pytest.raises(BadDecision, match="published head"):
        verify_log(LOG, Head(3, "ab" * 32))


@pytest.mark.parametrize("raw", [b"", b"{}", b"null", b'[{"seq": 1}]'])
def test_what_is_no_log_is_told(raw: bytes) -> None:
    """Neither a log nor a head is guessed."""
    with pytest.raises(BadDecision):
        read_log(raw)
    with pytest.raises(BadDecision):
        Head.from_bytes(raw)


def an_earlier_log() -> tuple[Entry, ...]:
    """Two lines as an earlier Tabard wrote them, which named the case."""
    raw = (Path(__file__).parent / "earlier_log.json").read_bytes()
    return read_log(raw)


def test_an_earlier_log_verifies_and_goes_on() -> None:
    """Lines that name the case keep their digests, byte for byte; a line of today follows them and names the decision alone."""
    earlier = an_earlier_log()
    raw = b"[" + b",".join(one.to_bytes() for one in earlier) + b"]"
    assert raw == (Path(__file__).parent / "earlier_log.json").read_bytes()
    head = verify_log(earlier, Head(2, "a94cfbcaacc800593b5ec1b52361a14afa87f5b91d151b61141c7a5aa65d7e91"))
    told = {"at": NOW, "kind": "suspended", "decision": "d1", "product": "ward-board", "version": "1.0.0"}
    more = {"package_sha256": PACKAGE, "statement_sha256": "01" * 32, "outcome": "accredited", "by": ("Ann",)}
    longer = (*earlier, next_entry(head, **told, **more, words="It froze."))
    assert verify_log(longer, head).count == 3
    assert b"case" not in longer[-1].to_bytes()
    assert read_log(b"[" + longer[-1].to_bytes() + b"]") == longer[-1:]


@pytest.mark.parametrize("names", [{}, {"case": "c", "decision": "d"}])
def test_a_line_is_of_one_form(names: dict[str, str]) -> None:
    """A line that names both a case and a decision could be changed in the one that its digest leaves out; one with neither says nothing."""
    told = {"at": NOW, "kind": "decided", "product": "ward-board", "version": "1.0.0", "package_sha256": PACKAGE}
    with pytest.raises(BadDecision, match="names its decision"):
        next_entry(Head(0, BEGINNING), **told, **names, statement_sha256="", outcome="", by=(), words="")
