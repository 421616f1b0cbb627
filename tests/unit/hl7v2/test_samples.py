"""Messages that others wrote: each is read, and its bytes come back. Without them, the same is asked of our own."""

from pathlib import Path

import pytest

from tabard.hl7v2 import EMPTIED, build, parse, split_messages, wrap

_FOLDER = Path(__file__).resolve().parents[3] / "../shared/samples/hl7v2"
_SAMPLES = {path.name: path.read_bytes() for path in sorted(_FOLDER.glob("*.hl7"))}


def _own(number: int) -> bytes:
    return build(
        [
            (
                "MSH",
                {3: "PAS", 4: "RXX", 9: ("ADT", "A01", "ADT_A01"), 10: str(number), 12: "2.4", 18: "UNICODE UTF-8"},
            ),
            (
                "PID",
                {
                    3: [(str(number), None, None, "RXX"), ("9990000018", None, None, "NHS")],
                    5: ("ŁUKASZ", "A&E"),
                    9: EMPTIED,
                },
            ),
            ("PV1", {2: "I", 3: (None, "OBS1", "Bay 2", "RXX55")}),
        ]
    )


_FILES = {"own.hl7": b"\r\n".join(_own(number) for number in range(1, 401))} | _SAMPLES
_COUNTS = {name: 400 if name in {"own.hl7", "simhospital.hl7"} else 1 for name in _FILES}


@pytest.mark.parametrize("name", _FILES)
def test_every_message_of_a_file_is_read(name: str) -> None:
    """All are found, and each is a message whose patient and sender can be told."""
    messages = [parse(raw) for raw in split_messages(_FILES[name])]
    assert len(messages) == _COUNTS[name]
    for message in messages:
        pid = message.first("PID")
        assert pid is not None
        assert pid.field(3).text
        assert message.header.sending_application
        assert message.segments[0].field(2).text == "^~\\&"


@pytest.mark.parametrize("name", _FILES)
def test_every_byte_of_a_file_comes_back(name: str) -> None:
    """The raw message, and the message put together from its parts, are the file's own bytes."""
    for raw in split_messages(_FILES[name]):
        message = parse(raw)
        again = "".join(f"{segment.raw}\r" for segment in message.segments).encode(message.header.codec)
        assert message.raw == raw
        assert raw in _FILES[name]
        assert again.rstrip(b"\r") == raw.replace(b"\r\n", b"\r").replace(b"\n", b"\r").rstrip(b"\r")
        for segment in message.segments[1:]:
            assert "|".join([segment.name, *(field.raw for field in segment.fields)]) == segment.raw


@pytest.mark.parametrize("name", _FILES)
def test_a_file_is_the_same_framed(name: str) -> None:
    """Sending a file over MLLP and reading it from disk give the same messages."""
    messages = list(split_messages(_FILES[name]))
    assert list(split_messages(b"".join(wrap(message) for message in messages))) == messages
