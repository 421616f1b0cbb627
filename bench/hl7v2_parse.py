"""Reading HL7 v2: what intake and translation pay for one message, beside other libraries in the same run.

Run `python bench/hl7v2_parse.py`. Each figure is the median of 5 rounds, in microseconds a message; the rounds of all
contestants alternate, so that a slow moment of the machine is shared by all. python-hl7 and hl7apy come with the test
set-up; @medplum/core and node-hl7-client run in Node where tests/conformance/mllp has its node_modules. node-hl7-client
and Tabard part a message only as deep as it is asked for, the others at once.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter_ns
from typing import Any

import hl7
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.parser import parse_message

from tabard.hl7v2 import FieldValue, Framer, build, parse, path, read_batch, read_header, wrap

_ROUNDS = 5
_CALLS = 2_000
_SLOWER = {"python-hl7": 10, "hl7apy": 400}
_JAVASCRIPT = Path(__file__).parents[1] / "tests/conformance/mllp"
_IN_NODE = """
import { createInterface } from "node:readline";
import { Hl7Message } from "@medplum/core";
import { Message } from "node-hl7-client";
const calls = {
  "@medplum/core: parse": (text) => Hl7Message.parse(text),
  "@medplum/core: parse and touch seven": (text) => {
    const message = Hl7Message.parse(text);
    return SEVEN.map(([name, n]) => message.getSegment(name).getComponent(n, 1));
  },
  "node-hl7-client: parse": (text) => new Message({ text }),
  "node-hl7-client: parse and touch seven": (text) => {
    const message = new Message({ text });
    return SEVEN.map(([name, n]) => message.get(`${name}.${n}`).toString());
  },
};
const SEVEN = [["PID", 3], ["PID", 5], ["PID", 7], ["PID", 8], ["PV1", 3], ["PV1", 7], ["PV1", 19]];
let text;
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  if (asked.text !== undefined) { text = asked.text; console.log(JSON.stringify(Object.keys(calls))); continue; }
  const call = calls[asked.call];
  const begun = process.hrtime.bigint();
  for (let n = 0; n < asked.times; n += 1) call(text);
  console.log(Number(process.hrtime.bigint() - begun) / asked.times / 1000);
}
"""
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
    apy_parse: Callable[..., Any] = parse_message
    number, batch = path("PID-3[2].1"), b"BHS|^~\\&|PAS\r" + raw * 10 + b"BTS|10\r"
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
        "a path: parse and read": lambda: number.read(parse(raw)),
        "a path: parse and write": lambda: number.write(parse(raw), "9990000026"),
        "a batch of ten: read_batch": lambda: read_batch(batch),
        "python-hl7: parse": lambda: their_parse(text),
        "python-hl7: parse and touch seven": theirs,
        "hl7apy: parse, tolerant": lambda: apy_parse(text, validation_level=VALIDATION_LEVEL.TOLERANT),
    }


class _Node:
    """Contestants in a Node process, asked for one round at a time."""

    def __init__(self, process: subprocess.Popen[str], raw: bytes) -> None:
        self._process = process
        self.names: list[str] = self._ask({"text": raw.decode()})

    def round_us(self, name: str, calls: int) -> float:
        """One round, timed there; microseconds a call."""
        return float(self._ask({"call": name, "times": calls}))

    def _ask(self, asked: dict[str, object]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(asked), file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())


@contextmanager
def _in_node(raw: bytes) -> Iterator[_Node | None]:
    """None where there is no Node, or its libraries were not fetched."""
    node = shutil.which("node")
    if node is None or not (_JAVASCRIPT / "node_modules").is_dir():
        yield None
        return
    command = [node, "--input-type=module", "-e", _IN_NODE]
    with subprocess.Popen(  # noqa: S603  our own script
        command, cwd=_JAVASCRIPT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield _Node(process, raw)
        finally:
            process.kill()


def _round_us(call: Callable[[], object], calls: int) -> float:
    begun = perf_counter_ns()
    for _ in range(calls):
        call()
    return (perf_counter_ns() - begun) / calls / 1000


def _calls(name: str) -> int:
    return max(_CALLS // _SLOWER.get(name.partition(":")[0], 1), 5)


def main() -> None:
    """Measure and print."""
    raw = _admit()
    contestants = _contestants(raw)
    with _in_node(raw) as node:
        rounds: dict[str, list[float]] = {name: [] for name in (*contestants, *(node.names if node else ()))}
        for _ in range(_ROUNDS):
            for name, figures in rounds.items():
                call = contestants.get(name)
                if call is not None:
                    figures.append(_round_us(call, _calls(name)))
                elif node is not None:
                    figures.append(node.round_us(name, _CALLS))
    print(
        f"one ADT^A01 of {len(raw)} bytes, {len(parse(raw).segments)} segments; µs a message, median of {_ROUNDS} (best, worst)"
    )
    for name, figures in rounds.items():
        print(f"{name:40} {median(figures):9.1f}  ({min(figures):.1f}, {max(figures):.1f})")
    if node is None:
        print("no figures of @medplum/core and node-hl7-client: they need Node and `make setup-tests`")


if __name__ == "__main__":
    main()
