"""MLLP to searchable in the record: a mixed feed over real sockets, journaled with synchronous=FULL, applied to SQLite.

The feed is what a hospital's is made of: registrations, admissions, moves, updates that change nothing, results of eight
values, discharges and now and then a merge. Clients are threads of another process; the clock runs from the first byte sent
until the last message is in the record and a search finds it. Prints messages a second, how many resources were written and
how many left as they were, and bytes of record and journal a message. The mark is 500 a second on two cores.

    python bench/applying.py [--messages 20000] [--connections 8] [--postgresql URL] [--json FILE]
"""

import argparse
import json
import multiprocessing
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tabard.database import Place, server
from tabard.dialect import load
from tabard.ground.ids import KeyedIds, new_key
from tabard.ground.time import system_clock
from tabard.link import Applier, Links, LinkSettings, add_link
from tabard.record import RecordReader, RecordWriter

MARK = 500
LATEST_S = 600
EVENTS = ("A28", "A01", "A08", "A02", "R01", "A08", "A02", "R01", "A08", "A03")
"""The life of one patient: half of them say something new of a visit, some nothing new at all, a fifth are results."""
MERGED_EVERY = 50
TRIGGERS = {
    "A01": "ADT^A01^ADT_A01",
    "A02": "ADT^A02^ADT_A02",
    "A03": "ADT^A03^ADT_A03",
    "A08": "ADT^A08^ADT_A01",
    "A28": "ADT^A28^ADT_A05",
    "A40": "ADT^A40^ADT_A39",
    "R01": "ORU^R01^ORU_R01",
}
PD1 = "PD1|||QUARRY LANE SURGERY^^Y00001|G9999981^HOLT^MIRIAM^^^Dr^^^GMP"
DOCTORS = "C9999991^MBEKI^THOMAS^^^Mr^^^GMC|G9999981^HOLT^MIRIAM^^^Dr^^^GMP|C9999991^MBEKI^THOMAS^^^Mr^^^GMC"


def pid(number: int) -> str:
    """PID as full as ITK senders make it."""
    return (
        f"PID|1||M{number:07}^^^RXX||TESTER{number}^ANN^RUTH^^MRS^^L~TESTER{number}^ANN^^^^^PREFERRED||19{number % 90 + 10}0604|2"
        f"|||{number} QUARRY LANE^UPPER STOWE^ELMFORD^^DE1 1AA^GBR^H||01632960011~07700900123|01632960012||EN|M|C22|||||N"
    )


def pv1(number: int, ward: int, end: str = "") -> str:
    """PV1 with ward, bed, doctors and times."""
    fields = {2: "I", 3: f"^WARD{ward % 20}^BED{number % 28}^RXX01", 4: "21", 7: DOCTORS, 10: "300", 14: "19"}
    told = {**fields, 19: f"{number}^^^VISITID", 44: "20260301082500", 45: end}
    return "PV1|" + "|".join(told.get(n, "") for n in range(1, 46) if n not in {8, 9}).rstrip("|")


def body(event: str, number: int, at: str) -> list[str]:
    """The segments after MSH."""
    if event == "R01":
        order = f"OBR|1|P{number}{at}|F{number}{at}|UE^UREA AND ELECTROLYTES^LAB|||{at}|||||||||||||||{at}|||F"
        values = [
            f"OBX|{n}|NM|T{n}^Test {n}^LAB||{number % 90 + n}.{n}|umol/L|49 - 92|N|||F|||{at}" for n in range(1, 9)
        ]
        return [pid(number), pv1(number, number), order, *values]
    evn = f"EVN||{at}||||{at}"
    if event == "A28":
        return [evn, pid(number), PD1]
    if event == "A40":
        return [evn, pid(number), f"MRG|M{number - 1:07}^^^RXX"]
    moved = int(at[8:10]) // 4
    return [evn, pid(number), PD1, pv1(number, number + moved, at if event == "A03" else "")]


def feed(first: int, patients: int) -> Iterator[bytes]:
    """The messages of one connection: several patients' lives woven together, each in its order."""
    for step, event in enumerate(EVENTS):
        for number in range(first, first + patients):
            at = f"20260301{step + 8:02}{number % 60:02}{number // 60 % 60:02}"
            yield _message(event, number, at)
            if event == "A03" and number % MERGED_EVERY == MERGED_EVERY - 1 and number > first:
                yield _message("A40", number, f"20260302{number % 24:02}0000")


def _message(event: str, number: int, at: str) -> bytes:
    head = f"MSH|^~\\&|LORENZO|RXX|ROUTE|ROUTE|{at}||{TRIGGERS[event]}|{event}{number}T{at}|P|2.4|||||GBR|UNICODE UTF-8|EN||ITKv1.0"
    return "\r".join([head, *body(event, number, at), ""]).encode()


def send(port: int, first: int, patients: int) -> None:
    """One connection: send, wait for the answer, send the next."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for raw in feed(first, patients):
            line.sendall(b"\x0b" + raw + b"\x1c\r")
            answer = b""
            while not answer.endswith(b"\x1c\r"):
                answer += line.recv(65536)
            if not re.search(rb"\rMSA\|[AC]A\|", answer):
                raise SystemExit(f"not taken: {answer!r}")


def client(port: int, connections: int, patients: int) -> None:
    """The other process: all connections."""
    threads = [
        threading.Thread(target=send, args=(port, 1 + n * patients, patients), daemon=True) for n in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def run(folder: Path, messages: int, connections: int, record: Place) -> dict[str, float]:
    """The figures of one run, applied to `record`."""
    add_link(folder, LinkSettings("pas", "itk-2.4", 0))
    ids, dialect = KeyedIds(new_key()), load("itk-2.4")
    RecordWriter(record).close()
    links = Links(folder, lambda: Applier(RecordWriter(record), lambda _: dialect, ids, system_clock), system_clock)
    links.start()
    ((_, port),) = links.addresses().values()
    patients = messages // connections // len(EVENTS)
    other = multiprocessing.get_context("spawn").Process(target=client, args=(port, connections, patients))
    other.start()
    while not links.counts()["received"]:
        time.sleep(0.001)
    began = time.perf_counter()
    other.join(LATEST_S)
    taken_s = time.perf_counter() - began
    while links.counts()["waiting"] and time.perf_counter() - began < LATEST_S:
        time.sleep(0.005)
    reader = RecordReader(record)
    last = reader.search("Patient", [("identifier", f"M{connections * patients:07}")]).total
    took_s = time.perf_counter() - began
    counts, written = links.counts(), reader.last_change()
    links.stop()
    reader.close()
    if last != 1 or counts["parked"] or counts["waiting"]:
        raise SystemExit(f"not all is in the record: {counts}")
    return {
        "messages": counts["received"],
        "searchable a second": counts["received"] / took_s,
        "taken a second": counts["received"] / taken_s,
        "versions written a message": written / counts["received"],
        "record bytes a message": sum(one.stat().st_size for one in folder.glob("record.db*")) / counts["received"],
        "journal bytes a message": sum(one.stat().st_size for one in folder.glob("journal.db*")) / counts["received"],
    }


def main() -> None:
    """Print the figures, and write them as JSON where asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--postgresql", metavar="URL", help="apply to this empty PostgreSQL database instead")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        place = server(asked.postgresql) if asked.postgresql else Path(folder) / "record.db"
        figures = run(Path(folder), asked.messages, asked.connections, place)
    for name, value in figures.items():
        print(f"{name:30}{value:12.1f}")
    print(f"mark: {MARK} a second searchable: {'met' if figures['searchable a second'] >= MARK else 'MISSED'}")
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    sys.exit(0)


if __name__ == "__main__":
    main()
