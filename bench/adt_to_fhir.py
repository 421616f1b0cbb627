"""ADT to FHIR: raw bytes to translated drafts, parsing included, in microseconds a message; the median of five runs.

The message is an admission with a PID, PD1 and PV1 as full as ITK senders make them. The mark is 300 µs.
"""

import gc
import statistics
import time

from tabard.dialect import PatientKey, load, translate
from tabard.ground.ids import KeyedIds
from tabard.hl7v2 import parse

RUNS, ROUNDS, MARK_US = 5, 2000, 300

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


def run() -> tuple[float, float]:
    """Microseconds a message over one run: by the clock, and of the processor (which others on the machine do not stretch)."""
    dialect, ids = load("itk-2.4"), Ids()
    assert len(translate(parse(MESSAGE), dialect, ids).drafts) == 7
    gc.collect()
    begun, begun_cpu = time.perf_counter_ns(), time.process_time_ns()
    for _ in range(ROUNDS):
        translate(parse(MESSAGE), dialect, ids)
    clock, processor = time.perf_counter_ns() - begun, time.process_time_ns() - begun_cpu
    return clock / ROUNDS / 1000, processor / ROUNDS / 1000


def main() -> None:
    """Print the figures."""
    clock, processor = (statistics.median(figures) for figures in zip(*(run() for _ in range(RUNS)), strict=True))
    print(
        f"adt_to_fhir: {clock:.0f} µs a message of {len(MESSAGE)} bytes, {processor:.0f} µs of the processor (medians of {RUNS}); mark {MARK_US} µs"
    )


if __name__ == "__main__":
    main()
