"""A message that a person has replayed is read by the dialect of now; one that is merely given twice is not."""

from tabard.dialect import Dialect
from tabard.journal import Waiting
from tabard.link import Applier
from unit.link.a_feed import changed
from unit.link.itk import adt
from unit.link.test_applier import RECEIVED, Bench


def names(bench: Bench) -> list[list[str]]:
    """The places where the patient is, by visit."""
    return [
        [one["location"]["display"] for one in visit["location"] if one["status"] == "active"]
        for visit in bench.record.all("Encounter")
    ]


def test_a_replay_reads_the_message_by_the_dialect_of_now() -> None:
    """Ward and bed were in each other's place; mended and replayed the patient lies where the message says, and once."""
    bench = Bench()
    mended, dialect = bench.dialect("pas"), changed(locations__ward=3, locations__bed=2)
    live: list[Dialect | None] = [dialect]
    applier = Applier(bench.record, lambda _: live[0], bench.ids, lambda: bench.now)
    message = bench.waiting(adt("A01"))
    applier.apply([message])
    (wrong,) = names(bench)
    live[0] = mended
    applier.apply([message])
    assert names(bench) == [wrong], "a message that the journal gives twice has no second effect"
    again = Waiting(message.seq, "pas", RECEIVED, message.raw, is_replay=True)
    for _ in range(2):
        applier.apply([again])
        assert names(bench) == [wrong[::-1]]
