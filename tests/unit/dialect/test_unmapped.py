"""What went nowhere is named: each field that held something and is not read, each segment that nobody reads."""

import pytest

from tabard.dialect import load, translate
from tabard.hl7v2 import parse
from unit.dialect.messages import (
    EVENT,
    ORDER,
    PERSON,
    PRACTICE,
    RESULT,
    VISIT,
    ReadableIds,
    message,
    read,
    with_field,
)

PLAIN = "EVN||20260301083000||||20260301082500"


def places(trigger: str, *segments: str) -> tuple[str, ...]:
    return read(message(trigger, PLAIN, *segments)).unmapped


def test_a_message_of_which_all_is_read_names_nothing() -> None:
    """Person, practice and visit as full as the tests' own message."""
    assert places("ADT^A01", PERSON, PRACTICE, VISIT) == ()


def test_a_field_that_is_not_read_is_named() -> None:
    """In the message's order, each once."""
    person = with_field(with_field(PERSON, 10, "X"), 21, "MOTHER1^^^RXX")
    visit = with_field(with_field(VISIT, 20, "NHS"), 39, "RXX01")
    told = places("ADT^A01", person, visit, "PV2||NHS", "PV2||PRIVATE")
    assert told == ("PID-10", "PID-21", "PV1-20", "PV1-39", "PV2-2")


@pytest.mark.parametrize("nothing", ['""', "^^^", '""^""', "~", " "])
def test_nothing_is_not_named(nothing: str) -> None:
    """A null, and separators alone, hold nothing that could have gone anywhere."""
    assert places("ADT^A01", PERSON, with_field(VISIT, 20, nothing)) == ()


def test_a_segment_that_nobody_reads_is_named_whole() -> None:
    """Once, however many there are."""
    assert places("ADT^A01", PERSON, VISIT, "ZQA|1|Q|A", "ZQA|2|Q|A", "GT1|1") == ("ZQA", "GT1")


def test_the_same_field_may_be_read_of_one_event_and_not_of_another() -> None:
    """A visit's fields go nowhere where the event is about a person, PV1-42 where no transfer is pending."""
    assert places("ADT^A31", PERSON, VISIT) == ("PV1",)
    sent = with_field(VISIT, 42, "^WARD9^BED1^RXX01")
    assert places("ADT^A15", PERSON, sent) == ()
    assert places("ADT^A08", PERSON, sent) == ("PV1-42",)


def test_a_result_names_what_it_does_not_tell_of_the_person() -> None:
    """A laboratory's address of the patient changes no patient: it goes nowhere, and is named."""
    told = places("ORU^R01", PERSON, ORDER, RESULT)
    assert {"PID-8", "PID-11", "PID-13"} <= set(told)
    assert not {"PID-3", "PID-5", "PID-7", "OBX-5", "OBR-3"} & set(told)


def test_the_dialect_says_what_is_read() -> None:
    """PID-19 is read where the NHS number stands there, and nowhere else."""
    raw = message("ADT^A31", PLAIN, with_field(PERSON, 19, "9990000018")).replace(b"|P|2.4|", b"|P|2.3|")
    raw = raw.replace(b"|LORENZO|RXX|", b"|P0241|HOMERTON|").replace(
        b"M42^^^RXX", b"42^^^Homerton Case Note Number^CNN"
    )
    assert "PID-19" not in translate(parse(raw), load("millennium-homerton"), ReadableIds()).unmapped
    assert places("ADT^A31", with_field(PERSON, 19, "9990000018")) == ("PID-19",)


def test_places_hold_no_value() -> None:
    """They are for logs and pages: no patient's data is in them."""
    translation = read(message("ADT^A01", EVENT, with_field(PERSON, 21, "SECRET"), VISIT))
    assert translation.unmapped == ("EVN-5", "PID-21")
