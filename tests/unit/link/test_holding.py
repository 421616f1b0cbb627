"""Whom a message waits for is looked up at a cost that does not grow with how many wait."""

from tabard.link.holding import Hold, bar, barred_by
from unit.link.pretend_record import PretendRecord

KEY = b"k" * 16


class Counting(PretendRecord):
    """Counts the notes that were handed out."""

    given = 0

    def notes(self, kind: str, start: str = "", most: int | None = None, /) -> tuple[tuple[str, bytes], ...]:
        """Notes, counted."""
        found = super().notes(kind, start, most)
        self.given += len(found)
        return found


def test_only_the_first_that_waits_is_asked_for() -> None:
    """Of hundreds of one patient: the first alone says whether a message comes after it."""
    record = Counting()
    for seq in range(300, 0, -1):
        bar(record, seq, Hold(KEY, (KEY,)))
    assert (barred_by(record, [KEY], 2), barred_by(record, [KEY], 1)) == (KEY, None)
    assert record.given == 2
