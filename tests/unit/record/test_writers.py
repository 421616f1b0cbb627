"""Several writers: the feed's numbers never go back, and a reader never sees a later one before an earlier one."""

import subprocess
import sys
from contextlib import closing

import pytest

from tabard.database import Place
from tabard.ground.errors import CallerError
from tabard.record import RecordReader, RecordWriter

CHILD = """
import sys
from pathlib import Path
from tabard.database import server
from tabard.record import RecordWriter
place = server(sys.argv[1]) if "://" in sys.argv[1] else Path(sys.argv[1])
writer = RecordWriter(place, durable=False)
for number in range(25):
    with writer.transaction() as writing:
        for part in range(3):
            writing.put({"resourceType": "Patient", "id": f"{sys.argv[2]}-{number}-{part}"}, sys.argv[2])
writer.close()
"""


def test_the_feed_is_in_order_whoever_writes(place: Place) -> None:
    """While three processes write, what a reader has seen is always the beginning of what it sees next, without a gap."""
    RecordWriter(place, durable=False).close()
    reader = RecordReader(place)
    writers = [subprocess.Popen([sys.executable, "-c", CHILD, str(place), name]) for name in "abc"]  # noqa: S603  our own child
    seen, is_over = 0, False
    while not is_over:
        is_over = all(each.poll() is not None for each in writers)
        new = [each.seq for each in reader.changes(seen, 1000)]
        assert new == list(range(seen + 1, seen + len(new) + 1))
        seen += len(new)
    reader.close()
    assert [each.returncode for each in writers] == [0, 0, 0]
    assert seen == 3 * 25 * 3


def test_a_record_is_one_hospitals(place: Place) -> None:
    """Another hospital that is pointed at it is refused; its own comes back as often as it likes."""
    for _ in range(2):
        with closing(RecordWriter(place, durable=False)) as writer:
            writer.belong_to("st-elsewhere")
    with closing(RecordWriter(place, durable=False)) as writer, pytest.raises(CallerError, match="another hospital"):
        writer.belong_to("millpond")
