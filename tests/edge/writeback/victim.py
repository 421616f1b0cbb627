"""A process that writes back what the folder of its argument asks for, line by line, until it is killed.

Each line is a product's own identifier; it is answered with the resource, once that is kept.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tabard.dialect import load
from tabard.link.out import Outbound
from tabard.link.writeback import Author, Offer, WriteBack
from tabard.record import RecordReader, RecordWriter, Writing

folder, patient = Path(sys.argv[1]), sys.argv[2]
dialect = load("itk-2.4")


@contextmanager
def file() -> Iterator[Writing]:
    """A transaction of the record."""
    writer = RecordWriter(folder / "record.db")
    try:
        with writer.transaction() as writing:
            yield writing
    finally:
        writer.close()


outbound = Outbound(folder)
back = WriteBack(folder, RecordReader(folder / "record.db"), file, lambda _: dialect, outbound)
outbound.start()
back.start()
print("ready", flush=True)  # noqa: T201  its parent waits for this line
for line in sys.stdin:
    own = line.strip()
    resource = {
        "resourceType": "Observation",
        "status": "final",
        "identifier": [{"system": "https://vendor.example/ids", "value": own}],
        "code": {"text": "Temperature"},
        "subject": {"reference": f"Patient/{patient}"},
        "valueString": own,
    }
    taken = back.take(back.prepare(Offer("Observation", resource, patient, Author("board", "p1"))))
    print(taken.write.resource, flush=True)  # noqa: T201  its parent waits for this line
