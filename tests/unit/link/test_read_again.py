"""A message that a person has replayed is read by the dialect of now; one that is merely given twice is not."""

from tabard.dialect import Dialect
from tabard.journal import Waiting
from tabard.link import Applier
from unit.link.a_feed import changed
from unit.link.an_applier import RECEIVED, Bench
from unit.link.itk import adt


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
        (visit,) = bench.record.all("Encounter")
        assert [one["location"]["display"] for one in visit["location"]] == wrong[::-1], (
            "no stay in the wrong ward is left"
        )


def test_a_replay_of_the_latest_message_leaves_the_stays_before_it() -> None:
    """Two moves of one minute stay two stays when the last is read again; only the place it told wrongly goes."""
    bench = Bench()
    mended, dialect = bench.dialect("pas"), changed(locations__ward=3, locations__bed=2)
    live: list[Dialect | None] = [mended]
    applier = Applier(bench.record, lambda _: live[0], bench.ids, lambda: bench.now)
    applier.apply([bench.waiting(adt("A01")), bench.waiting(adt("A02", place="W2^B2"))])
    live[0] = dialect
    last = bench.waiting(adt("A02", place="W3^B3"))
    applier.apply([last])
    live[0] = mended
    applier.apply([Waiting(last.seq, "pas", RECEIVED, last.raw, is_replay=True)])
    (visit,) = bench.record.all("Encounter")
    wards = [one["location"]["display"] for one in visit["location"]][::2]
    assert wards == ["WARD1", "W2", "W3"]
    assert names(bench) == [["W3", "B3"]]
