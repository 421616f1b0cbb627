"""Destinations whose files change while messages are carried: gone by at once, nothing lost, nothing sent twice unasked."""

from pathlib import Path

import pytest

from edge.out.receivers import answer, carrying, destination, message, receiver, settled, when
from tabard.ground.errors import CallerError, NotFound
from tabard.link.out import Outbound, OutReason, OutState


def test_a_destination_that_moved_is_found_where_it_is_now(tmp_path: Path) -> None:
    """What waited for the old address goes to the new one, in its order, with the same bytes."""
    with receiver() as old:
        port = old.port
    with receiver() as new:
        destination(tmp_path, port)
        with carrying(tmp_path) as outbound:
            first, second = (outbound.put("ehr", message(f"c{n}"), f"c{n}", of=f"Observation/{n}") for n in (1, 2))
            when(outbound, first, lambda told: told.reason is OutReason.cannot_connect)
            destination(tmp_path, new.port)
            assert outbound.reload() == ("ehr",)
            assert [settled(outbound, one).state for one in (first, second)] == [OutState.accepted] * 2
            assert outbound.destination("ehr").port == new.port
            assert outbound.reload() == ()
    assert [call.raw for call in new.calls] == [message("c1"), message("c2")]


def test_what_was_sent_and_not_answered_goes_to_the_new_address(tmp_path: Path) -> None:
    """The old connection is closed first; whoever has it twice knows it by its control id."""
    with receiver(lambda _call: None) as silent, receiver() as new:
        destination(tmp_path, silent.port)
        with carrying(tmp_path) as outbound:
            number = outbound.put("ehr", message("c1"), "c1", of="Observation/1")
            silent.came.get(timeout=60)
            destination(tmp_path, new.port)
            outbound.reload()
            told = settled(outbound, number)
            assert (told.state, told.attempts, told.doubts) == (OutState.accepted, 2, 1)
    assert [call.raw for call in (*silent.calls, *new.calls)] == [message("c1")] * 2


def test_a_new_destination_is_there_at_once_and_the_others_are_left_alone(tmp_path: Path) -> None:
    """No connection of another is touched; one whose file is gone goes on, for links may write there."""
    with receiver() as ehr, receiver() as lab:
        destination(tmp_path, ehr.port)
        with carrying(tmp_path) as outbound:
            settled(outbound, outbound.put("ehr", message("c1"), "c1", of="Observation/1"))
            with pytest.raises(NotFound):
                outbound.put("lab", message("c1"), "c1", of="Observation/1")
            destination(tmp_path, lab.port, name="lab")
            assert outbound.reload() == ("lab",)
            (tmp_path / "destinations" / "ehr.toml").unlink()
            assert outbound.reload() == ()
            for name in ("lab", "ehr"):
                number = outbound.put(name, message("c2"), "c2", of="Observation/2")
                assert settled(outbound, number).state is OutState.accepted
    assert (ehr.connections, lab.connections) == (1, 1)


def test_a_file_that_is_wrong_changes_nothing(tmp_path: Path) -> None:
    """Its fault is told, and what was gone by is gone by still: for every destination."""
    with receiver(lambda call: call.say(answer(call.raw, "AA"))) as ehr:
        destination(tmp_path, ehr.port)
        with carrying(tmp_path) as outbound:
            destination(tmp_path, 0)
            destination(tmp_path, ehr.port, name="lab")
            with pytest.raises(CallerError, match="port"):
                outbound.reload()
            assert [one.name for one in outbound.destinations()] == ["ehr"]
            number = outbound.put("ehr", message("c1"), "c1", of="Observation/1")
            assert settled(outbound, number).state is OutState.accepted


def test_files_are_read_anew_also_while_nothing_is_carried(tmp_path: Path) -> None:
    """As the commands do that look beside."""
    destination(tmp_path, 1)
    outbound = Outbound(tmp_path)
    try:
        destination(tmp_path, 2)
        assert outbound.reload() == ("ehr",)
        assert outbound.destination("ehr").port == 2
    finally:
        outbound.stop()
