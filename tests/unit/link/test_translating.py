"""A look at what a dialect makes of a file."""

import json

import pytest

from tabard.dialect import Dialect, IdMaker, Translation, load, translate
from tabard.hl7v2 import Message
from tabard.link import translating
from tabard.link.translating import translate_file
from unit.link.itk import Who, adt, message, pid

ITK = load("itk-2.4")


def test_each_message_is_one_bundle_or_one_outcome_in_order() -> None:
    """What cannot be read is told by number, reason and remedy, and hides no other message."""
    feed = b"\r\n".join([b"not a message", adt("A01"), message("ADT^A99^X", pid()), adt("A03")])
    told = list(translate_file(feed, ITK))
    assert [one.is_read for one in told] == [False, True, False, True]
    assert [one.resource["resourceType"] for one in told] == ["OperationOutcome", "Bundle"] * 2
    unreadable, unsupported = (told[at].resource["issue"][0] for at in (0, 2))
    assert (unreadable["code"], unsupported["code"]) == ("invalid", "not-supported")
    assert unreadable["diagnostics"].startswith("Message 1: unreadable: ")
    assert unsupported["diagnostics"].startswith("Message 3: unsupported_event: MSH-9: ")


def test_mllp_frames_are_read_as_well() -> None:
    """A capture of the wire is a file too."""
    framed = b"".join(b"\x0b" + raw + b"\x1c\r" for raw in (adt("A01"), adt("A02")))
    assert [one.is_read for one in translate_file(framed, ITK)] == [True, True]


def test_a_second_look_tells_the_same() -> None:
    """Ids hang on the identifiers alone, so that two looks can be compared."""
    first, second = (list(translate_file(adt("A01") + adt("A02"), ITK)) for _ in range(2))
    assert first == second
    ids = {
        entry["resource"]["id"]
        for one in first
        for entry in one.resource["entry"]
        if entry["resource"]["resourceType"] == "Patient"
    }
    assert len(ids) == 1


def test_a_line_is_json_without_a_line_end() -> None:
    """NDJSON: no Bundle breaks its line, whatever its texts hold."""
    (one,) = translate_file(adt("A01", Who(family="O\\.br\\NEIL")), ITK)
    assert "\n" not in one.line
    assert json.loads(one.line)["resourceType"] == "Bundle"


def test_our_own_fault_is_told_without_the_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception in one message is an OperationOutcome with its class alone; the next is read."""

    def failing(told: Message, dialect: Dialect, ids: IdMaker) -> Translation:
        if b"JONES" in told.raw:
            raise RuntimeError("JONES")
        return translate(told, dialect, ids)

    monkeypatch.setattr(translating, "translate", failing)
    ours, fine = translate_file(adt("A01", Who(family="JONES")) + adt("A01"), ITK)
    assert ours.resource["issue"][0]["code"] == "exception"
    assert "RuntimeError" in ours.line
    assert "JONES" not in ours.line
    assert fine.is_read
