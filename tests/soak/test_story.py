"""The generator itself: the same seed, the same story; each connection in order; and the truth is what its messages say."""

from itertools import pairwise

from soak.network import Sent, Shuffle
from soak.tale import LABORATORY, LINES, Told
from soak.telling import Story


def story(messages: int = 4000, seed: int = 3) -> tuple[Story, list[Told]]:
    it = Story(seed=seed, messages=messages, patients=80)
    return it, list(it)


def test_the_same_seed_tells_the_same() -> None:
    """Two runs agree to the byte in the story and in the network, and another seed does not."""
    assert story()[1] == story()[1]
    assert story()[1] != story(seed=4)[1]
    assert list(Shuffle(story()[1], seed=1)) == list(Shuffle(story()[1], seed=1))


def test_every_kind_of_event_is_told() -> None:
    """Registrations, moves, cancels of each sort, merges, results, by all connections."""
    told = story()[1]
    assert {one.trigger for one in told} >= {
        *("A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08", "A11", "A12", "A13", "A14", "A15", "A16", "A17"),
        *("A21", "A22", "A23", "A25", "A26", "A27", "A28", "A31", "A34", "A35", "A37", "A38", "A40", "A42", "A44"),
        *("A45", "A47", "A52", "R01"),
    }
    assert {one.line for one in told} == {*range(LINES), LABORATORY}
    assert len({one.control_id for one in told}) == len(told) == 4000


def test_time_goes_on() -> None:
    """No two messages are of one second, so that which is older is never in doubt but in the hour that comes twice."""
    sent = [one.raw.split(b"|")[6] for one in story()[1] if one.may_straggle]
    assert all(before < after for before, after in pairwise(sent))


def test_nobody_lies_in_two_beds_and_a_bed_holds_one() -> None:
    """The truth can be: each bed is free or somebody's, and who is in has one visit."""
    world = story()[0].world
    inside = [visit for visit in world.census().visits.values() if visit[2]]
    assert len({visit[2] for visit in inside}) == len(inside) == len(world.inside) > 5
    assert len({visit[0] for visit in inside}) == len(inside)


def test_the_network_keeps_each_message_and_the_order_of_merges() -> None:
    """All arrive, some twice, some late; what may not straggle comes in its own order on its connection."""
    told = story()[1]
    sent = list(Shuffle(told, seed=2))
    arrived = [one.control_id for one in sent if not one.is_copy and one.control_id.startswith("S")]
    assert sorted(arrived) == [one.control_id for one in told]
    assert arrived != sorted(arrived)
    assert sum(one.is_copy for one in sent) > 5
    assert sum(one.control_id.startswith("R") for one in sent) > 10
    assert sum(one.loses_ack for one in sent) > 10
    fixed = [one.control_id for one in told if not one.may_straggle]
    assert _of(sent, fixed) == fixed


def _of(sent: list[Sent], wanted: list[str]) -> list[str]:
    return [one.control_id for one in sent if not one.is_copy and one.control_id in set(wanted)]
