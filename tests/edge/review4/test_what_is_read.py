"""What the live applier reads is what shadow, pages and explanations read."""

from datetime import UTC, datetime

from tabard.dialect import Dialect
from tabard.ground.ids import KeyedIds
from tabard.journal import Waiting
from tabard.link.applier import Applier
from unit.link.a_feed import changed
from unit.link.itk import Who, message, pid
from unit.link.pretend_record import PretendRecord

NOW = datetime(2026, 3, 1, 20, tzinfo=UTC)
LATIN: Dialect = changed(sender__charset="8859/1")


def test_the_character_set_of_the_dialect_is_that_of_the_record() -> None:
    """A sender that leaves MSH-18 empty and writes Latin-1 is read so, as `sender.charset` says, when its message is filed too."""
    raw = message("A28", pid(Who(family="MÜLLER"))).decode().replace("UNICODE", "").encode("latin-1")
    record = PretendRecord()
    applier = Applier(record, lambda _link: LATIN, KeyedIds(b"k"), lambda: NOW)
    (mark,) = applier.apply([Waiting(1, "pas", NOW, raw)])
    assert mark.outcome.state == "applied"
    (patient,) = record.all("Patient")
    assert patient["name"][0]["family"] == "MÜLLER"
