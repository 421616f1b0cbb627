"""Acknowledgements read, and which are owed: a sender must know whose answer it has and what it says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, strategies as st

from strategies.hl7v2 import Written, messages, texts
from tabard.hl7v2 import AckCode, Unreadable, acknowledge, is_enhanced, must_answer, read_acknowledgement, read_header

_AT = datetime(2026, 3, 1, 8, 30, 1, tzinfo=UTC)
_MSH = b"MSH|^~\\&|EHR|RXX|TABARD|RYY|2026||ACK^R01|9|P|2.4\r"


def test_an_answer_says_what_and_for_whom() -> None:
    """MSA-1, MSA-2 and MSA-3; AA means received, not filed."""
    answer = read_acknowledgement(_MSH + b"MSA|AA|M\\T\\1|all well\r")
    assert (answer.code, answer.control_id, answer.text) == (AckCode.AA, "M\\T\\1", "all well")
    assert answer.is_taken
    assert not answer.is_accept_level
    assert answer.faults == ()
    assert answer.header.control_id == "9"


@pytest.mark.parametrize(
    ("code", "is_taken", "is_accept_level", "is_terminal"),
    [
        ("AA", True, False, False),
        ("AE", False, False, False),
        ("AR", False, False, True),
        ("CA", True, True, False),
        ("CE", False, True, False),
        ("CR", False, True, True),
        (" ca ", True, True, False),
    ],
)
def test_every_code_is_understood(code: str, is_taken: bool, is_accept_level: bool, is_terminal: bool) -> None:  # noqa: FBT001  a table
    """E: try again; R: never again; C: the transport's word only."""
    answer = read_acknowledgement(_MSH + f"MSA|{code}|1\r".encode())
    assert (answer.is_taken, answer.is_accept_level, answer.code.is_terminal) == (
        is_taken,
        is_accept_level,
        is_terminal,
    )


@pytest.mark.parametrize(
    ("err", "told"),
    [
        (b"ERR||PID^1^3^2|204^Unknown key^HL70357|E|||PID 3|MRN not known", ("204", "PID-3", "MRN not known")),
        (b"ERR|||207|E|||diagnostic", ("207", "", "diagnostic")),
        (b"ERR|||207^Internal|E", ("207", "", "Internal")),
        (b"ERR||PID|102", ("102", "PID", "")),
        (b"ERR|PID^1^3^204&Unknown key&HL70357", ("204", "PID-3", "Unknown key")),
        (b"ERR|", None),
    ],
)
def test_errors_are_read_as_new_and_old_versions_write_them(err: bytes, told: tuple[str, str, str] | None) -> None:
    """Since 2.5 in ERR-2, 3 and 8; before that all in ERR-1."""
    answer = read_acknowledgement(_MSH + b"MSA|AE|1\r" + err + b"\r")
    assert [(fault.code, fault.place, fault.text) for fault in answer.faults] == ([] if told is None else [told])


def test_the_receivers_words_do_not_show_in_a_trace() -> None:
    """A record system that refuses a message may quote the patient."""
    answer = read_acknowledgement(_MSH + b"MSA|AE|1|ZEBEDEE is dead\rERR|||207|E|||ZEBEDEE|ZEBEDEE\r")
    assert "ZEBEDEE" not in repr(answer)


@pytest.mark.parametrize("raw", [b"", b"OK", _MSH, _MSH + b"MSA|\r", _MSH + b"MSA|OK|1\r", _MSH + b"PID|1\r"])
def test_what_is_no_acknowledgement_is_refused(raw: bytes) -> None:
    """Only an answer is an answer."""
    with pytest.raises(Unreadable) as refused:
        read_acknowledgement(raw)
    assert refused.value.remedy


@given(messages(), texts, st.sampled_from(AckCode))
def test_what_is_acknowledged_is_read_back(written: Written, text: str, code: AckCode) -> None:
    """Our own answers say to a reader what they were meant to say."""
    header = read_header(written.raw)
    answer = read_acknowledgement(acknowledge(header, code, control_id="A1", at=_AT, text=text))
    assert (answer.code, answer.control_id, answer.text) == (code, header.control_id.strip(), text)


@given(st.binary(max_size=80))
def test_any_answer_is_read_or_refused(junk: bytes) -> None:
    """A peer may send anything."""
    for raw in (junk, _MSH + b"MSA|AA|1|" + junk, _MSH + b"MSA|AE|1\rERR|" + junk):
        try:
            read_acknowledgement(raw)
        except Unreadable as refused:
            assert refused.__cause__ is None  # noqa: PT017  both ways out are right


@pytest.mark.parametrize(
    ("tail", "told"), [(b"", False), (b"|||AL", True), (b"||||NE", True), (b'|||""|""', False), (b"|||AL|AL", True)]
)
def test_the_mode_is_the_senders(tail: bytes, told: bool) -> None:  # noqa: FBT001  a table
    """Enhanced as soon as MSH-15 or MSH-16 holds something; null there is nothing, as one English PAS writes it."""
    assert is_enhanced(read_header(b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.4" + tail)) is told


@pytest.mark.parametrize(
    ("condition", "when_taken", "when_not"),
    [
        ("AL", True, True),
        ("NE", False, False),
        ("ER", False, True),
        ("SU", True, False),
        ("", False, False),
        ('""', False, False),
        (" al ", True, True),
        ("XX", True, True),
    ],
)
def test_an_answer_is_given_when_it_is_asked_for(condition: str, when_taken: bool, when_not: bool) -> None:  # noqa: FBT001  a table
    """AL always, NE never, ER errors only, SU success only; what nobody knows is answered, since somebody may wait."""
    for taken, error, rejection in ((AckCode.AA, AckCode.AE, AckCode.AR), (AckCode.CA, AckCode.CE, AckCode.CR)):
        assert must_answer(condition, taken) is when_taken
        assert must_answer(condition, error) is when_not
        assert must_answer(condition, rejection) is when_not


def test_an_accept_acknowledgement_asks_for_none_itself() -> None:
    """Two systems that acknowledge each other's acknowledgements would never end."""
    header = read_header(b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.4|||AL|AL")
    answer = read_acknowledgement(acknowledge(header, AckCode.CA, control_id="A1", at=_AT))
    assert (answer.header.accept_condition, answer.header.application_condition) == ("NE", "NE")
    assert not must_answer(answer.header.accept_condition, AckCode.CA)
