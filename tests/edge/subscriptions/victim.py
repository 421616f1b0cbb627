"""A process that tells what the record in the folder of its argument holds, until it is killed; the endpoint's port is the second."""

import sys
import threading
from pathlib import Path

from edge.subscriptions.served import SERVICE
from tabard.audit import AuditLog
from tabard.database import engine
from tabard.gateway import Gateway
from tabard.gateway.egress import Caller
from tabard.gateway.subscriptions import Hearing, Notices
from tabard.ground.time import system_clock
from tabard.record import RecordReader
from unit.gateway.world import BASE, Clients, Sessions

folder, port = Path(sys.argv[1]), int(sys.argv[2])
reader = RecordReader(folder / "record.db")
gateway = Gateway(
    base_url=BASE,
    record=reader,
    feeds=lambda: (),
    clients=Clients({"service": SERVICE}),
    sessions=Sessions({}),
    audit=AuditLog(folder / "audit", system_clock),
    engine=engine(folder / "gateway.db"),
    notices=Notices(engine(folder / "subscriptions.db"), reader, Hearing(reader.last_change())),
    caller=Caller(frozenset({("localhost", port)})),
)
assert gateway.subscriptions is not None
gateway.subscriptions.service.start()
print("telling", flush=True)  # noqa: T201  its parent waits for this line
threading.Event().wait()
