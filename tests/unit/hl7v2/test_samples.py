"""Messages that others wrote: each is read, and its bytes come back. Without them, the same is asked of our own."""

from pathlib import Path

import pytest

from tabard.hl7v2 import EMPTIED, Unreadable, build, leaves, parse, path, read_batch, read_header, split_messages, wrap

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


def _read_or_refuse(raw: bytes) -> None:
    """Whole and part by part; only Unreadable may come of it."""
    read_batch(raw)
    try:
        message = parse(raw)
    except Unreadable as refused:
        assert refused.__cause__ is refused.__context__ is None  # noqa: PT017  both ways out are right, this one must keep silent
        return
    assert message.header == read_header(raw)
    for at in leaves(message):
        assert at.read(message) is not None


@pytest.mark.parametrize("name", _FILES)
def test_a_file_cut_anywhere_is_read_or_refused(name: str) -> None:
    """A connection breaks where it breaks."""
    raw = next(split_messages(_FILES[name]))
    for length in range(len(raw)):
        _read_or_refuse(raw[:length])


@pytest.mark.parametrize("name", _FILES)
def test_a_file_with_a_flipped_bit_is_read_or_refused(name: str) -> None:
    """One bit in each byte, another one each time."""
    raw = next(split_messages(_FILES[name]))
    for place in range(len(raw)):
        flipped = bytearray(raw)
        flipped[place] ^= 1 << (place % 8)
        _read_or_refuse(bytes(flipped))


@pytest.mark.parametrize("name", _FILES)
def test_a_file_in_the_wrong_encoding_is_read_or_refused(name: str) -> None:
    """Letters of one character set under the name of another are told, or read as that set has them; nothing breaks."""
    raw = next(split_messages(_FILES[name]))
    for encoding in ("utf-16", "utf-8-sig", "cp500", "shift-jis"):
        _read_or_refuse(raw.decode("utf-8", "replace").encode(encoding, "replace"))


@pytest.mark.parametrize("name", _FILES)
def test_a_value_is_exchanged_and_the_rest_of_the_file_stays(name: str) -> None:
    """The patient's first number, in every message."""
    at = path("PID-3.1")
    for raw in split_messages(_FILES[name]):
        message = parse(raw)
        written = at.write(message, "4 & 2")
        assert at.read(written) == "4 & 2"
        was = at.read(message)
        assert was
        again = at.write(written, was)
        assert again.raw == raw
