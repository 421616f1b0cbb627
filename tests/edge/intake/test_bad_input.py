"""What a sender may do wrong: each gets its answer, is seen in the journal afterwards, and stops nobody else."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from edge.intake.peers import SURNAME, Served, message, served, told
from tabard.ground.errors import CallerError
from tabard.ground.time import system_clock
from tabard.hl7v2 import wrap
from tabard.journal import State
from tabard.link import FeedState, Links, LinkSettings, add_link, send

MEBIBYTE = 1024 * 1024


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Served]:
    """Links with small limits, and a bystander's connection that must work before and after."""
    with served(tmp_path, limit_bytes=MEBIBYTE, frame_timeout_s=0.5, max_connections=4) as links:
        bystander = links.peer()
        assert bystander.ask(message("before")) == ("AA", "before")
        yield links
        assert bystander.ask(message("after")) == ("AA", "after")
    counts = links.reader().counts()
    assert counts == links.reader().recount()
    assert counts["received"] == sum(counts[state] for state in State)


def only(running: Served, state: State) -> tuple[str | None, str, int]:
    """Reason, answer and size of the one message in `state`, which must say what to do."""
    (entry,) = running.reader().entries(state=state)
    assert entry.detail
    assert entry.remedy
    return entry.reason, entry.ack_code, entry.size_bytes


def test_a_frame_that_never_ends_is_refused_in_time(running: Served) -> None:
    """A sender that stops within a frame is told AR when its time is over, and is closed."""
    peer = running.peer()
    peer.send(wrap(message("cut"))[:-20])
    assert told(peer.answer()) == ("AR", "cut")
    assert peer.is_closed()
    assert only(running, State.refused)[:2] == ("unfinished_frame", "AR")


def test_a_frame_cut_by_the_end_of_the_connection_is_refused(running: Served) -> None:
    """A sender that ends its half of the connection within a frame still gets the answers to all that it sent."""
    peer = running.peer()
    peer.send(wrap(message("whole")) + wrap(message("cut"))[:-20])
    peer.socket.shutdown(socket.SHUT_WR)
    assert told(peer.answer()) == ("AA", "whole")
    assert told(peer.answer()) == ("AR", "cut")
    assert peer.is_closed()
    assert only(running, State.refused)[0] == "unfinished_frame"


def test_a_frame_cut_by_a_reset_is_journaled(tmp_path: Path) -> None:
    """A frame that a broken connection left unfinished is in the journal, though nobody is there to be answered."""
    with served(tmp_path) as running:
        peer = running.peer()
        assert peer.ask(message("whole")) == ("AA", "whole")
        peer.send(wrap(message("cut"))[:-20])
        peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        peer.close()
    assert only(running, State.refused)[0] == "unfinished_frame"


def test_fifty_megabytes_are_refused_and_the_connection_goes_on(running: Served) -> None:
    """A message over the limit is AR, only its beginning is kept, and the next on the same connection is taken."""
    peer = running.peer()
    head = message("big")
    peer.send(b"\x0b" + head)
    for _ in range(50):
        peer.send(b"x" * MEBIBYTE)
    peer.send(b"\x1c\r")
    assert told(peer.answer()) == ("AR", "big")
    assert peer.ask(message("small")) == ("AA", "small")
    assert only(running, State.refused) == ("too_large", "AR", 50 * MEBIBYTE + len(head))
    (entry,) = running.reader().entries(state=State.refused)
    assert len(running.reader().raw(entry.seq)) == 4096


def test_a_broken_msh_is_parked_whole(running: Served) -> None:
    """What cannot be read at all is AR, and every byte of it is kept."""
    broken = b"MHS|^~\\&|LORENZO|" + SURNAME
    assert running.peer().ask(broken)[0] == "AR"
    assert only(running, State.parked)[:2] == ("unreadable", "AR")
    (entry,) = running.reader().entries(state=State.parked)
    assert running.reader().raw(entry.seq) == broken


def test_a_reused_control_id_is_taken_and_flagged(running: Served) -> None:
    """Another message under a control id used before is taken, applied, and flagged."""
    peer = running.peer()
    assert peer.ask(message("again", line=1)) == ("AA", "again")
    assert peer.ask(message("again", line=2)) == ("AA", "again")
    newest, before = running.reader().entries(limit=2)
    assert (newest.flags, before.flags) == (("control_id_reused",), ())
    assert newest.seq != before.seq


def test_a_message_sent_again_gets_its_first_answer(running: Served) -> None:
    """The same message, with another MSH-7 as senders do, gets the same bytes and is applied once."""
    peer = running.peer()
    peer.send(wrap(message("once")))
    first = peer.answer()
    peer.send(wrap(message("once", time="20260301120500")))
    assert peer.answer() == first
    duplicate, original = running.reader().entries(limit=2)
    assert (duplicate.state, duplicate.first) == (State.duplicate, original.seq)
    assert running.reader().raw(duplicate.seq) == message("once")


def test_a_message_twice_in_one_piece_is_taken_once(running: Served) -> None:
    """Two copies that come together, before either is committed, are one message."""
    peer = running.peer()
    peer.send(wrap(message("twice")) * 2)
    assert peer.answer() == peer.answer()
    assert len(running.reader().entries(state=State.duplicate)) == 1


def test_a_message_sent_again_after_a_restart_is_known(tmp_path: Path) -> None:
    """What was taken before a restart gets its first answer after it and is applied once; the feed knows when it was heard."""
    with served(tmp_path) as running:
        peer = running.peer()
        peer.send(wrap(message("once")))
        first = peer.answer()
    given = running.applier.given
    with served(tmp_path) as running:
        (feed,) = running.links.feeds()
        assert feed.state is FeedState.live
        assert feed.last_received == running.reader().last_received("lorenzo")
        peer = running.peer()
        peer.send(wrap(message("once")))
        assert peer.answer() == first
    assert given + running.applier.given == [1]


def test_junk_between_frames_is_kept_and_the_next_frame_taken(running: Served) -> None:
    """Bytes outside a frame are refused without an answer, and what follows is read."""
    peer = running.peer()
    peer.send(b"GET / HTTP/1.1\r\n\r\n")
    assert peer.ask(message("next")) == ("AA", "next")
    assert only(running, State.refused)[:2] == ("junk_between_frames", "")


@pytest.mark.parametrize("junk", [b"junk" + b"\x0b\x1c", b"\x0b" * 4096], ids=["between frames", "frames begun"])
def test_endless_junk_ends_the_connection(running: Served, junk: bytes) -> None:
    """A peer that talks nothing but junk is closed, and the journal does not grow without end."""
    peer = running.peer()
    with pytest.raises(ConnectionError):
        peer.send_for_ever(lambda _: junk)
    assert running.reader().counts()["refused"] < 1000


def test_who_never_reads_its_answers_is_cut_off(running: Served) -> None:
    """A sender that leaves its acknowledgements unread is read from no more, then closed; what was taken is journaled."""
    peer = running.peer(receive_bytes=4096)
    with pytest.raises((ConnectionError, TimeoutError)):
        peer.send_for_ever(lambda n: wrap(message(f"u{n}")))
    assert peer.sent < 100_000
    assert 0 < running.reader().counts()["received"] <= peer.sent + 2


def test_too_many_connections_are_turned_away(running: Served) -> None:
    """One connection more than allowed is closed and counted; when one leaves, another may come."""
    peers = [running.peer() for _ in range(3)]
    assert [peer.ask(message(f"p{n}"))[0] for n, peer in enumerate(peers)] == ["AA"] * 3
    assert running.peer().is_closed()
    (feed,) = running.links.feeds()
    assert (feed.connections, feed.turned_away) == (4, 1)
    peers[0].socket.shutdown(socket.SHUT_WR)
    assert peers[0].is_closed()
    assert running.peer().ask(message("room"))[0] == "AA"


def test_a_journal_that_cannot_write_is_said_and_nothing_is_lost(running: Served) -> None:
    """With no room on the disk the answer is AE and the fault is seen; when there is room again, sending again works."""
    peer = running.peer()
    intake = running.links._taking._intake
    assert intake is not None
    connection = intake._journal._connection
    running.in_loop(lambda: connection.pragma("max_page_count", connection.pragma("page_count")))
    large = message("full").replace(b"TOWN", b"TOWN" * 10_000)
    assert peer.ask(large) == ("AE", "full")
    running.in_loop(lambda: None)  # the turn that answered has ended, its fault noted
    assert "journal could not write" in " ".join(running.links.faults())
    running.in_loop(lambda: connection.pragma("max_page_count", 1_000_000))
    assert peer.ask(large) == ("AA", "full")
    assert running.links.faults() == ()
    assert [entry.control_id for entry in running.reader().entries(limit=1)] == ["full"]


def test_no_log_line_holds_a_word_of_a_patient(tmp_path: Path) -> None:
    """Whatever goes wrong, what is logged names link, peer, number and reason only."""
    with capture_logs() as lines, served(tmp_path, frame_timeout_s=0.2) as running:
        peer = running.peer()
        peer.ask(b"MHS|^~\\&|" + SURNAME)
        peer.send(SURNAME + wrap(message("x"))[:-9])
        peer.answer()
    assert lines
    assert SURNAME.decode() not in repr(lines)


def test_a_port_in_use_is_told_with_its_remedy(tmp_path: Path) -> None:
    """Links that cannot listen do not start, and say which link and port, and what to do."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with served(tmp_path / "one") as running:
        taken = running.address[1]
        add_link(tmp_path / "two", LinkSettings("other", "itk-2.4", taken))
        with pytest.raises(CallerError, match=r"EADDRINUSE.*remedy"):
            Links(tmp_path / "two", lambda: running.applier, system_clock).start()


def test_the_client_reads_each_answer(running: Served) -> None:
    """`send` yields one answer a message, in order, each matched to it."""
    answers = list(send([message("a"), b"MHS", message("b")], *running.address))
    assert [(answer.code, answer.control_id, answer.is_taken) for answer in answers] == [
        ("AA", "a", True),
        ("AR", "", False),
        ("AA", "b", True),
    ]


def test_a_message_is_applied_once_and_marked(tmp_path: Path) -> None:
    """Each taken message is given to the applier once, in order, and is then applied in the journal."""
    with served(tmp_path) as running:
        peer = running.peer()
        for number in range(20):
            peer.ask(message(f"n{number}"))
        peer.ask(b"MHS")
    assert running.applier.given == list(range(1, len(running.applier.given) + 1))
    with served(tmp_path) as again:
        pass
    assert running.applier.given + again.applier.given == list(range(1, 21))
    assert running.reader().counts()["applied"] == 20
