"""Reading HL7 v2: what intake and translation pay for one message, beside python-hl7 in the same run.

Run `python bench/hl7v2_parse.py`. Each figure is the median of 5 rounds, in microseconds a message; the rounds of all
contestants alternate, so that a slow moment of the machine is shared by all.
"""

from collections.abc import Callable
from statistics import median
from time import perf_counter_ns
from typing import Any

import hl7

from tabard.hl7v2 import FieldValue, Framer, build, parse, read_header, wrap

_ROUNDS = 5
_CALLS = 2_000
_SEVEN = (("PID", 3), ("PID", 5), ("PID", 7), ("PID", 8), ("PV1", 3), ("PV1", 7), ("PV1", 19))


def _admit() -> bytes:
    """An admission of about 1.6 KB, filled as densely as an English PAS fills it."""
    consultant: FieldValue = [
        ("C3456789", "DARWIN", "SAMUEL", None, None, "DR", None, None, "GMC"),
        ("7654321", "DARWIN", "SAMUEL"),
    ]
    address: tuple[str, ...] = ("29 WEST AVENUE", "BURYTHORPE", "MALTON", "NORTH YORKSHIRE", "YO32 5TT", "GBR", "H")
    kin: dict[int, FieldValue] = {
        2: ("SMITH", "ALBERT", "J", None, "MR"),
        3: "1",
        4: address,
        5: "+441632960001",
        14: "1",
        15: "196311111513",
    }
    return build(
        [
            ("MSH", {3: "LORENZO", 4: "RXX", 5: "ROUTE", 6: "ROUTE", 7: "20260301083000", 9: ("ADT", "A01", "ADT_A01"),
                     10: "1391320453338055", 11: "P", 12: "2.4", 17: "GBR", 18: "UNICODE UTF-8", 19: "EN", 21: "ITKv1.0"}),
            ("EVN", {2: "20260301083000", 5: ("111111111", "CORTANA", "EMILY"), 6: "20260301082500"}),
            ("PID", {1: "1", 3: [("MRN0001", None, None, "RXX"), ("9990000018", None, None, "NHS")],
                     5: [("SMITH", "FREDRICA", "J", None, "MRS", None, "L"), ("SCHMIDT", "HELGA", "Y")], 7: "196512131515",
                     8: "2", 11: [address, ("OLD HALL", *address[1:6], "PREVIOUS")], 13: "+441632960002", 15: "EN", 16: "M", 17: "C22", 22: "A",
                     23: "BERLIN", 28: "DEU", 32: ["NSTS01", "ED"]}),
            ("PD1", {3: ("MALTON GP PRACTICE", None, "Y06601"), 4: consultant}),
            ("NK1", {**kin, 1: "1"}),
            ("NK1", {**kin, 1: "2"}),
            ("NK1", {**kin, 1: "3", 12: ("SMITH", "BERTHA", None, None, "MRS")}),
            ("AL1", {1: "1", 2: "DA", 3: ("Z88.0", "PENICILLIN", "ICD10"), 4: "SV", 5: "ANAPHYLAXIS, CHILDHOOD", 6: "199807011755"}),
            ("PV1", {1: "1", 2: "I", 3: (None, "OBS1", "BAY2-6", "RXX55"), 4: "13", 7: consultant, 8: consultant,
                     9: consultant, 10: "300", 14: "19", 19: ("2139", None, None, "VISITID"), 44: "202603010830"}),
            ("DG1", {1: "1", 2: "ICD10", 3: ("I20.9", "ANGINA PECTORIS, UNSPECIFIED", "ICD10"), 5: "202603010915", 6: "A"}),
            ("PV2", {3: (None, "CHEST PAIN \\ BREATHLESS & PALE"), 38: "C"}),
            ("ZU1", {1: "202602281234", 2: "1", 3: "C", 4: "202602281300", 6: "500", 13: "02", 15: "202602281200"}),
            ("ZU4", {2: "202602281756", 3: "202602280000"}),
            ("ZU8", {1: "Z", 2: "1", 3: "No"}),
        ]
    )  # fmt: skip


def _contestants(raw: bytes) -> dict[str, Callable[[], object]]:
    their_parse: Callable[[str], Any] = hl7.parse  # it has no types of its own
    frame, text, framer = wrap(raw), raw.decode(), Framer(10 << 20)

    def ours() -> list[str]:
        message = parse(raw)
        segments = {name: message.first(name) for name in ("PID", "PV1")}
        return [segment.field(n).text for name, n in _SEVEN if (segment := segments[name]) is not None]

    def everything() -> list[str]:
        return [component.text for segment in parse(raw).segments for field in segment.fields
                for repetition in field.repetitions for component in repetition.components]  # fmt: skip

    def theirs() -> list[str]:
        message = their_parse(text)
        segments = {name: message.segment(name) for name in ("PID", "PV1")}
        return [str(segments[name](n)(0)) for name, n in _SEVEN]

    return {
        "frame: Framer.feed, one chunk": lambda: framer.feed(frame),
        "header: read_header": lambda: read_header(raw),
        "segments: parse": lambda: parse(raw),
        "seven fields: parse and touch": ours,
        "every component: parse and touch": everything,
        "python-hl7: parse": lambda: their_parse(text),
        "python-hl7: parse and touch seven": theirs,
    }


def _round_us(call: Callable[[], object], calls: int) -> float:
    begun = perf_counter_ns()
    for _ in range(calls):
        call()
    return (perf_counter_ns() - begun) / calls / 1000


def main() -> None:
    """Measure and print."""
    raw = _admit()
    contestants = _contestants(raw)
    rounds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(_ROUNDS):
        for name, call in contestants.items():
            rounds[name].append(_round_us(call, _CALLS // 10 if "python-hl7" in name else _CALLS))
    print(
        f"one ADT^A01 of {len(raw)} bytes, {len(parse(raw).segments)} segments; µs a message, median of {_ROUNDS} (best, worst)"
    )
    for name, figures in rounds.items():
        print(f"{name:36} {median(figures):8.1f}  ({min(figures):.1f}, {max(figures):.1f})")


if __name__ == "__main__":
    main()
