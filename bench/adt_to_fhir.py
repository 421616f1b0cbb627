"""ADT to FHIR: raw bytes to translated drafts, parsing included, in microseconds of the processor a message.

The message is an admission with a PID, PD1 and PV1 as full as ITK senders make them. The mark is 300 µs.
Batches are small and many, and alternate with those of a fixed loop: the best is what the code costs where nobody else
wants the machine, the median what it cost today, and the ratio to the loop can be held against other days and machines.
"""

import gc
import statistics
from collections.abc import Callable
from time import process_time_ns

from tabard.dialect import PatientKey, load, translate
from tabard.ground.ids import KeyedIds
from tabard.hl7v2 import parse

BATCHES, CALLS, MARK_US = 300, 20, 300

MESSAGE = r"""MSH|^~\&|LORENZO|RXX|ROUTE|ROUTE|20260301083000||ADT^A01^ADT_A01|BENCH0001|P|2.4|1|20260301083000|||GBR|UNICODE UTF-8|EN||ITKv1.0
EVN||20260301083000|||900000001^LORENZO^CLERK^^^Ms^^^RXX01|20260301082500
PID|1||MRN00042^^^RXX~9990000018^^^NHS||OKAFOR^ADAEZE^RUTH^^MRS^^L~OKAFOR^ADA^^^^^PREFERRED||19710604|2|||14 QUARRY LANE^UPPER STOWE^ELMFORD^DERBYSHIRE^DE1 1AA^GBR^H||01632960011~07700900123|01632960012||EN|M|C22|||||N||||||||||NSTS01
PD1|||QUARRY LANE SURGERY^^Y00001|G9999981^HOLT^MIRIAM^^^Dr^^^GMP
PV1|1|I|^WARD7^BAY2-3^RXX01|21|||C9999991^MBEKI^THOMAS^^^Mr^^^GMC|G9999981^HOLT^MIRIAM^^^Dr^^^GMP|C9999991^MBEKI^THOMAS^^^Mr^^^GMC|300||||19|||C9999991^MBEKI^THOMAS^^^Mr^^^GMC||70042^^^VISITID|||||||||||||||||||||||||20260301082500
""".replace("\n", "\r").encode()


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


def fixed_loop() -> dict[str, list[object]]:
    """The measure: as much of parting, listing and mapping whatever happens to Tabard."""
    told: dict[str, list[object]] = {}
    for n in range(40):
        parts = f"A^B^{n}".split("^")
        told[parts[2]] = [parts[0].strip(), {"x": parts[1]}]
    return told


def batch_us(call: Callable[[], object]) -> float:
    """Microseconds of the processor a call, over one batch."""
    begun = process_time_ns()
    for _ in range(CALLS):
        call()
    return (process_time_ns() - begun) / CALLS / 1000


def main() -> None:
    """Print the figures."""
    dialect, ids = load("itk-2.4"), Ids()
    assert len(translate(parse(MESSAGE), dialect, ids).drafts) == 7
    gc.collect()
    ours, loops = [], []
    for _ in range(BATCHES):
        loops.append(batch_us(fixed_loop))
        ours.append(batch_us(lambda: translate(parse(MESSAGE), dialect, ids)))
    ratio = statistics.median(our / loop for our, loop in zip(ours, loops, strict=True))
    print(
        f"adt_to_fhir: {min(ours):.0f} µs a message of {len(MESSAGE)} bytes (best of {BATCHES} batches; "
        f"median {statistics.median(ours):.0f} µs), {ratio:.1f} fixed loops; mark {MARK_US} µs"
    )


if __name__ == "__main__":
    main()
