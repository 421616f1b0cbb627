"""ORU to FHIR: a message of 71 segments to translated drafts, parsing included, in microseconds of the processor a message.

The results are as full as laboratories make them: local and LOINC codes, units, ranges, marks, departments, people and
methods, one note in ten. The mark is 2 ms. The Provenance of one message is measured beside it; its mark is 10 µs.
Batches are small and many, and alternate with those of a fixed loop: the best is what the code costs where nobody else
wants the machine, the median what it cost today, and the ratio to the loop can be held against other days and machines.
"""

import gc
import statistics
from collections.abc import Callable
from datetime import UTC, datetime
from time import process_time_ns

from tabard.dialect import PatientKey, load, translate
from tabard.dialect.provenance import message_reference, provenance
from tabard.ground.ids import KeyedIds
from tabard.hl7v2 import parse

BATCHES, CALLS, MARK_US, PROVENANCE_MARK_US = 60, 5, 2000, 10
SEGMENTS, NOTE_EVERY = 71, 10

HEAD = (
    r"MSH|^~\&|LAB|RXX|ROUTE|ROUTE|20260301083000||ORU^R01|BENCH0001|P|2.4|1||||GBR|UNICODE UTF-8|EN||ITKv1.0",
    "PID|1||MRN00042^^^RXX~9990000018^^^NHS||OKAFOR^ADAEZE^RUTH^^MRS^^L||19710604|2",
    "PV1|1|I|^WARD7^BAY2-3^RXX01||||||||||||||||70042^^^VISITID",
    "ORC|RE|P77^LORENZO|F88^PATH",
    "OBR|1|P77^LORENZO|F88^PATH|UE^Urea and electrolytes^PATH|||20260301070000||||||||BLD&Venous blood|||||||20260301080000||CH|F",
)
LINE = (
    "OBX|{n}|NM|T{n}^Test number {n}^PATH^{n}-2^Test {n}^LN||{n}.{n}|mmol/L|{n} - 1{n}.5|H|||F|||20260301070000|"
    "LAB1^Pathology^PATH|C9999991^MBEKI^THOMAS^^^Mr^^^GMC|M1^Ion electrode^PATH"
)


class Ids:
    """Keyed ids from identifiers, as a link makes them."""

    def __init__(self) -> None:
        self._ids = KeyedIds(b"bench")

    def patient(self, key: PatientKey) -> str:
        """The id of the first local number."""
        return self._ids.make("Patient", *key.local[0])

    prior_patient = patient

    def other(self, type: str, *parts: str) -> str:  # noqa: A002  FHIR's word
        """The id of the parts."""
        return self._ids.make(type, *parts)


def message() -> bytes:
    """The message: the head, then results and their notes up to the number of segments."""
    segments = [*HEAD]
    n = 0
    while len(segments) < SEGMENTS:
        n += 1
        segments.append(LINE.format(n=n))
        if n % NOTE_EVERY == 0 and len(segments) < SEGMENTS:
            segments.append("NTE|1||Sample slightly haemolysed; repeat where it matters")
    return "\r".join((*segments, "")).encode()


def fixed_loop() -> dict[str, list[object]]:
    """The measure: as much of parting, listing and mapping whatever happens to Tabard."""
    told: dict[str, list[object]] = {}
    for n in range(400):
        parts = f"A^B^{n}".split("^")
        told[parts[2]] = [parts[0].strip(), {"x": parts[1]}]
    return told


def batch_us(call: Callable[[], object], calls: int = CALLS) -> float:
    """Microseconds of the processor a call, over one batch."""
    begun = process_time_ns()
    for _ in range(calls):
        call()
    return (process_time_ns() - begun) / calls / 1000


def main() -> None:
    """Print the figures."""
    dialect, ids, raw = load("itk-2.4"), Ids(), message()
    translation = translate(parse(raw), dialect, ids)
    assert not translation.flags
    gc.collect()
    ours, loops = [], []
    for _ in range(BATCHES):
        loops.append(batch_us(fixed_loop))
        ours.append(batch_us(lambda: translate(parse(raw), dialect, ids)))
    ratio = statistics.median(our / loop for our, loop in zip(ours, loops, strict=True))
    print(
        f"oru_to_fhir: {min(ours):.0f} µs a message of {SEGMENTS} segments, {len(raw)} bytes (best of {BATCHES} batches; "
        f"median {statistics.median(ours):.0f} µs), {ratio:.1f} fixed loops; mark {MARK_US} µs"
    )
    at, targets = datetime(2026, 3, 1, 9, tzinfo=UTC), ["Patient/1", "Encounter/2", "Location/3", "Practitioner/4"]
    cost = min(
        batch_us(lambda: provenance(translation, message_reference("lab", 17), "lab", at, targets), 1000)
        for _ in range(BATCHES)
    )
    print(f"provenance: {cost:.1f} µs a message of {len(targets)} resources; mark {PROVENANCE_MARK_US} µs")


if __name__ == "__main__":
    main()
