"""ADT to FHIR: raw bytes to drafts, what went nowhere and a Provenance, parsing included, in microseconds a message.

The message is an admission as full as the ITK's own example: PID, PD1, NK1, PV1, PV2 and four Z segments. Each call takes
the next message, and none comes twice: each is of another patient at another time, so that nothing is cheap because it was
done before; doctors, ward and codes come again, as they do on a ward. The mark is 200 µs.
Batches are small and many, and alternate with those of a fixed loop: the best is what the code costs where nobody else
wants the machine, the median what it cost today, and the ratio to the loop can be held against other days and machines.
"""

import gc
import statistics
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import cycle
from time import process_time_ns

from tabard.dialect import load, message_reference, provenance, translate
from tabard.fhir import Resource
from tabard.ground.ids import KeyedIds
from tabard.hl7v2 import parse
from tabard.link.identity import LooseIds

BATCHES, CALLS, MARK_US = 300, 20, 200
MESSAGES = BATCHES * CALLS + 1
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)

MESSAGE = r"""MSH|^~\&|LORENZO|RXX|ROUTE|ROUTE|{sent}||ADT^A01^ADT_A01|BENCH{n}|P|2.4|1|{sent}|||GBR|UNICODE UTF-8|EN||ITKv1.0
EVN||{noted}|||900000001^LORENZO^CLERK^^^Ms^^^RXX01|{noted}
PID|1||MRN{n}^^^RXX~9990000018^^^NHS||OKAFOR^ADAEZE^RUTH^^MRS^^L|EZE^NGOZI|{born}|2|||14 QUARRY LANE^UPPER STOWE^ELMFORD^DERBYSHIRE^DE1 1AA^GBR^H||01632960011|01632960012|EN|M|C22|||||N|Derby|||GBR||GBR||||NSTS01
PD1|||QUARRY LANE SURGERY^^Y00001|G9999981^HOLT^MIRIAM^^^Dr^^^GMP
NK1|1|OKAFOR^EMEKA^J^^MR^^L|1|14 QUARRY LANE^UPPER STOWE^ELMFORD^DERBYSHIRE^DE1 1AA^GBR^H|01632960011||||||||||1|19690311||||EN
PV1|1|I|^WARD7^BAY2-{bed}^RXX01|21|||C9999991^MBEKI^THOMAS^^^Mr^^^GMC|G9999981^HOLT^MIRIAM^^^Dr^^^GMP|C9999991^MBEKI^THOMAS^^^Mr^^^GMC|300||||19|||||{n}^^^VISITID|||||||||||||||||||||||||{noted}
PV2|||FALL|||||||||||||||||||||||||||||||||||C
ZU1|{decided}|1|C|{decided}||500|||||||||{decided}|{decided}|02|Y|0
ZU3|004|03|5|||||Normal|8b||1|1
ZU4||{decided}|{decided}
ZU8|Z|1|No
""".replace("\n", "\r")


def messages() -> list[bytes]:
    """So many admissions, of other patients in other minutes."""
    told = []
    for n in range(MESSAGES):
        minutes = dict.fromkeys(("sent", "noted", "decided"), f"{n // 60 % 24:02}{n % 60:02}")
        day = f"202603{n // 1440 + 1:02}"
        days = {"sent": day, "noted": day, "decided": f"202602{n % 28 + 1:02}"}
        times = {name: days[name] + minutes[name] for name in days}
        born = f"19{n % 90 + 10}{n % 12 + 1:02}{n % 28 + 1:02}"
        told.append(
            MESSAGE.format(
                **times | {"sent": f"{times['sent']}{n % 60:02}"}, born=born, n=n + 1000, bed=n % 28
            ).encode()
        )
    return told


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
    dialect, ids, told = load("itk-2.4"), LooseIds(KeyedIds(b"bench"), "bench"), messages()
    coming = cycle(told)

    def one() -> Resource:
        translation = translate(parse(next(coming)), dialect, ids)
        drafts = [draft.resource for draft in translation.drafts]
        targets = [f"{one['resourceType']}/{one['id']}" for one in drafts]
        return provenance(translation, message_reference("bench", 1), "bench", NOW, targets)

    assert len(one()["target"]) == 7
    gc.collect()
    ours, loops = [], []
    for _ in range(BATCHES):
        loops.append(batch_us(fixed_loop))
        ours.append(batch_us(one))
    ratio = statistics.median(our / loop for our, loop in zip(ours, loops, strict=True))
    print(
        f"adt_to_fhir: {min(ours):.0f} µs a message of {len(told[0])} bytes (best of {BATCHES} batches; "
        f"median {statistics.median(ours):.0f} µs), {ratio:.1f} fixed loops; mark {MARK_US} µs"
    )


if __name__ == "__main__":
    main()
