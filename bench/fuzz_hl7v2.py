"""Coverage-guided fuzzing of what strangers' bytes meet first: framing, parser, paths, batch files, acknowledgements.

Run `python bench/fuzz_hl7v2.py [libFuzzer's options]` with `atheris` installed (it is in no lock of Tabard's: Linux and a
few Pythons only); without options it makes 200,000 runs. What it finds is a crash with its input in the working folder; the
promises themselves stand in `_hold_promises`.
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

_RUNS = "-runs=200000"
_SEED = b'MSH|^~\\&|PAS|RXX|||2026||ADT^A01^ADT_A01|1|P|2.4||||||8859/1\rPID|||1^^^N&1.2&ISO~2||A\\T\\B\\XC3A9\\||""\r'
_LIMIT_BYTES = 64


def _hold_promises(data: bytes) -> None:
    """Whatever the bytes: only the room's own refusals come of them, and what is read can be written back."""
    from tabard.hl7v2 import Unreadable, parse, read_acknowledgement, read_batch  # noqa: PLC0415  after atheris looks

    _frame(data)
    read_batch(data)
    for raw in (data, _SEED + data, b"MSH|^~\\&|||||||ACK|1\rMSA|" + data):
        try:
            message = parse(raw, default_charset="8859/1" if len(data) % 2 else "")
        except Unreadable as refused:
            assert refused.__cause__ is refused.__context__ is None  # noqa: PT017  both ways out are right
            continue
        _touch(message)
        try:
            read_acknowledgement(raw)
        except Unreadable:
            continue


def _frame(data: bytes) -> None:
    """Cut anywhere, the same is told, junk counted to the byte."""
    from tabard.hl7v2 import Framer  # noqa: PLC0415  as above

    whole, cut = Framer(_LIMIT_BYTES), Framer(_LIMIT_BYTES)
    middle = len(data) // 2
    told = [*whole.feed(data), whole.finish()]
    assert told == [*cut.feed(data[:middle]), *cut.feed(data[middle:]), cut.finish()]


def _touch(message: Any) -> None:
    """Every place reads, a value written is read back, and taking it away again leaves nothing there."""
    from tabard.hl7v2 import Unwritable, leaves, path  # noqa: PLC0415  as above

    for at in list(leaves(message))[:50]:
        assert path(str(at)) == at
        assert at.read(message) is not None
    for at in list(leaves(message))[-3:]:
        try:
            written = at.write(message, "x|^~\\&\r\n")
        except Unwritable:
            continue
        assert at.read(written) == "x|^~\\&\r\n"


def main() -> int:
    """Fuzz, or say what is missing."""
    if find_spec("atheris") is None:
        print("atheris is not installed here (pip install atheris, in an environment of its own): nothing was fuzzed")
        return 0
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["tabard"]):
        import_module("tabard.hl7v2")
    atheris.Setup([sys.argv[0], *(sys.argv[1:] or [_RUNS])], _hold_promises)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
