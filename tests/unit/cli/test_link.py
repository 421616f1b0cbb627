"""`tabard link`: what each command prints, for people and as JSON, and how each says what is wrong."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from socketserver import StreamRequestHandler, TCPServer
from threading import Thread

import pytest
from typer.testing import CliRunner

from tabard.cli.link import app
from tabard.database import hold
from tabard.dialect import load
from tabard.ground.errors import CallerError, NotFound, PeerError, TabardError
from tabard.journal import Arrival, JournalWriter, Mark, Outcome, State
from tabard.link import LinkSettings, LiveDialects, list_links
from unit.cli.people import PASSWORD, hospital_of_people
from unit.link.a_feed import fill
from unit.link.itk import adt, message, pid

MONDAY = datetime(2026, 3, 2, 10, 41, tzinfo=UTC)


@pytest.fixture
def hospital(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hospital of people without links, named by the environment; who commands types the right password."""
    folder = tmp_path / "trust"
    hospital_of_people(folder)
    monkeypatch.setenv("TABARD_HOSPITAL", str(folder))
    monkeypatch.setenv("TABARD_PASSWORD", PASSWORD)
    monkeypatch.setenv("COLUMNS", "200")
    return folder


def run(*arguments: str, code: int = 0, given: bytes | None = None) -> str:
    """The output of a command that ends with `code`."""
    result = CliRunner().invoke(app, arguments, input=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def refused(kind: type[TabardError], *arguments: str, given: bytes | None = None) -> TabardError:
    """The error that a command ends with; it says what to do or what was expected."""
    with pytest.raises(kind) as told:
        run(*arguments, given=given)
    assert told.value.remedy or told.value.expected
    return told.value


def test_a_link_is_added_and_listed(hospital: Path) -> None:
    """What was added is in the hospital's folder, in the table and in the JSON."""
    assert "127.0.0.1:2575" in run("add", "lorenzo", "--port", "2575")
    assert list_links(hospital) == (LinkSettings(name="lorenzo", dialect="itk-2.4", port=2575),)
    assert "lorenzo" in run("list")
    (listed,) = json.loads(run("list", "--json"))
    assert (listed["name"], listed["dialect"], listed["port"], listed["silence_after_s"]) == (
        "lorenzo",
        "itk-2.4",
        2575,
        LinkSettings(name="x", dialect="itk-2.4", port=1).silence_after_s,
    )


def test_adding_tells_in_json_what_was_added(hospital: Path) -> None:
    """Every setting is told; a dialect's file is kept by its whole path."""
    file = hospital / "site.toml"
    file.write_text('base = "itk-2.4"\nname = "site"\n', "utf-8")
    told = json.loads(run("add", "lab", "--port", "0", "--dialect", str(file), "--silence-after", "60", "--json"))
    assert (told["dialect"], told["silence_after_s"]) == (str(file.resolve()), 60)


def test_a_hospital_without_links_says_how_to_add_one(hospital: Path) -> None:
    """An empty list is no silence."""
    assert "tabard link add" in run("list", "--hospital", str(hospital))
    assert json.loads(run("list", "--json")) == []


def test_a_link_needs_a_dialect_that_exists(hospital: Path) -> None:
    """A mistyped dialect is told before anything is written."""
    refused(NotFound, "add", "lorenzo", "--port", "2575", "--dialect", "itk-2.5")
    assert list_links(hospital) == ()


@pytest.mark.parametrize("command", [("list",), ("add", "x", "--port", "1"), ("journal",)])
def test_a_folder_without_a_hospital_is_refused(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Nothing is made in a folder that is no hospital."""
    refused(NotFound, *command, "--hospital", str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_translation_prints_a_bundle_a_message(tmp_path: Path) -> None:
    """NDJSON: as many lines as messages, from a file or from standard input."""
    feed = adt("A01") + b"\r\n" + adt("A02", place="W2^B2")
    (tmp_path / "feed.hl7").write_bytes(feed)
    lines = run("translate", str(tmp_path / "feed.hl7")).splitlines()
    assert [json.loads(line)["resourceType"] for line in lines] == ["Bundle", "Bundle"]
    assert run("translate", "-", given=feed).splitlines() == lines


def test_translation_prints_why_a_message_cannot_be_read_and_exits_1() -> None:
    """One bad message is a line of its own and hides no other."""
    feed = adt("A01") + message("ADT^A99^X", pid()) + adt("A02")
    lines = [json.loads(line) for line in run("translate", "-", "--json", code=1, given=feed).splitlines()]
    assert [line["resourceType"] for line in lines] == ["Bundle", "OperationOutcome", "Bundle"]
    (issue,) = lines[1]["issue"]
    assert (issue["severity"], issue["code"]) == ("error", "not-supported")
    assert "unsupported_event" in issue["diagnostics"]


def test_explaining_says_in_words_why_a_message_cannot_be_read() -> None:
    """No line of JSON stands among words."""
    told = run("translate", "-", "--explain", code=1, given=message("ADT^A99^X", pid()))
    assert told.startswith("Message 1: unsupported_event")
    assert "{" not in told


def test_a_narrow_terminal_cuts_no_address(hospital: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too wide for a table goes on in its next line."""
    monkeypatch.setenv("COLUMNS", "50")
    run("add", "a-link-with-a-long-name", "--port", "25759", "--hospital", str(hospital))
    assert "\N{HORIZONTAL ELLIPSIS}" not in run("list")


def test_translation_refuses_what_it_cannot_begin_with(tmp_path: Path) -> None:
    """No file, no such dialect, nothing in it: each is told as such."""
    refused(CallerError, "translate", str(tmp_path / "none.hl7"))
    refused(NotFound, "translate", "-", "--dialect", "none", given=adt("A01"))
    refused(CallerError, "translate", "-", given=b"\r\n")


@pytest.fixture
def peer() -> Iterator[str]:
    """A peer that takes admissions and refuses anything else."""

    class Answering(StreamRequestHandler):
        def handle(self) -> None:
            heard = b""
            while piece := self.request.recv(65536):
                heard += piece
                while b"\x1c\r" in heard:
                    frame, heard = heard.split(b"\x1c\r", 1)
                    control_id = frame.split(b"|")[9]
                    code = b"AA" if b"ADT^A01" in frame else b"AR"
                    self.wfile.write(
                        b"\x0bMSH|^~\\&|A|B|C|D|2026||ACK|9|P|2.4\rMSA|" + code + b"|" + control_id + b"\r\x1c\r"
                    )

    with TCPServer(("127.0.0.1", 0), Answering) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_sending_prints_each_acknowledgement(peer: str) -> None:
    """One line an answer, and how many were taken."""
    told = run("send", "-", peer, given=adt("A01") + adt("A01", at="202603011100"))
    assert told.count("AA") == 2
    assert "2 of 2 taken" in told


def test_sending_exits_1_where_a_message_was_not_taken(peer: str) -> None:
    """A refused message is told and the others are sent; as JSON a line each."""
    lines = run("send", "-", peer, "--json", code=1, given=adt("A01") + adt("A02") + adt("A01"))
    told = [json.loads(line) for line in lines.splitlines()]
    assert [(one["message"], one["code"], one["taken"]) for one in told] == [
        (1, "AA", True),
        (2, "AR", False),
        (3, "AA", True),
    ]


def test_sending_refuses_a_bad_address_and_an_empty_file(tmp_path: Path) -> None:
    """HOST:PORT is told as expected; so is what a file should hold; a peer that is not there is the peer's fault."""
    for address in ("2575", "localhost:", ":2575", "localhost:0", "localhost:99999", "localhost:two"):
        refused(CallerError, "send", "-", address, given=adt("A01"))
    (tmp_path / "empty").touch()
    refused(CallerError, "send", str(tmp_path / "empty"), "127.0.0.1:2575")
    refused(PeerError, "send", "-", "127.0.0.1:1", given=adt("A01"))


@pytest.fixture
def journal(hospital: Path) -> None:
    """A journal of four messages: applied, parked, refused, waiting."""
    writer = JournalWriter(hospital / "journal.db")
    outcomes = (
        Outcome(State.applied, flags=("PID-7:bad-date",)),
        Outcome(State.parked, "unknown_patient", "A result for somebody unknown.", "Send the registration."),
        Outcome(State.refused, "too_large", "Larger than allowed.", "Send less."),
        None,
    )
    for number, outcome in enumerate(outcomes, 1):
        raw = f"BODY OF PATIENT {number}".encode()
        arrival = Arrival("lorenzo", "peer", MONDAY, raw, f"C{number}", "LORENZO|RXX", "ADT^A01", b"", len(raw))
        seq = writer.append(arrival, ack_code="AA", ack=None)
        if outcome is not None:
            writer.mark(Mark(seq, outcome, MONDAY))
    writer.commit()
    writer.close()


@pytest.mark.usefixtures("journal")
def test_the_journal_is_told_in_counts() -> None:
    """Counts by state add up to what was received; parked ones by reason; no message's content anywhere."""
    told = json.loads(run("journal", "--json"))
    assert told == {
        "received": 4,
        "states": {"waiting": 1, "applied": 1, "no_effect": 0, "parked": 1, "refused": 1, "duplicate": 0},
        "parked_reasons": {"unknown_patient": 1},
        "held_reasons": {},
        "reasons": {"parked": {"unknown_patient": 1}, "refused": {"too_large": 1}},
        "reconciles": True,
    }
    table = run("journal")
    assert "received" in table
    assert "unknown_patient" in table


@pytest.mark.usefixtures("journal")
def test_what_was_not_applied_is_told_with_reason_and_remedy() -> None:
    """Parked and refused alike, newest first, for people and as JSON; never any content."""
    told = json.loads(run("journal", "--parked", "9", "--json"))
    assert [(one["seq"], one["reason"], one["remedy"]) for one in told["parked"]] == [
        (3, "too_large", "Send less."),
        (2, "unknown_patient", "Send the registration."),
    ]
    assert [one["seq"] for one in json.loads(run("journal", "--parked", "1", "--json"))["parked"]] == [3]
    table = run("journal", "--parked", "9")
    assert "Send the registration." in table
    assert "BODY" not in table + json.dumps(told)


@pytest.mark.usefixtures("journal")
def test_what_to_do_stands_on_one_line_however_narrow_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences are not cut up into the columns of a table."""
    monkeypatch.setenv("COLUMNS", "60")
    told = run("journal", "--parked", "9", "--latest", "9").splitlines()
    assert "          Send the registration." in told
    assert any(line.endswith("C1  applied  PID-7:bad-date") for line in told)


@pytest.mark.usefixtures("journal")
def test_the_latest_messages_are_told_with_their_flags() -> None:
    """A flag raised on an applied message can be seen afterwards."""
    assert "PID-7:bad-date" in run("journal", "--latest", "9")
    told = json.loads(run("journal", "--latest", "9", "--link", "lorenzo", "--json"))
    assert [one["state"] for one in told["latest"]] == ["waiting", "refused", "parked", "applied"]


@pytest.mark.usefixtures("journal")
def test_the_journal_of_a_link_that_never_was_is_refused() -> None:
    """A mistyped name is no empty journal."""
    refused(NotFound, "journal", "--link", "lorenz")


@pytest.mark.usefixtures("hospital")
def test_a_hospital_that_was_never_served_has_no_journal() -> None:
    """The remedy says how one begins."""
    refused(NotFound, "journal")


def test_a_link_is_taken_away_and_what_it_brought_is_kept(hospital: Path) -> None:
    """It is listed no more; while messages of it wait, or the hospital is being served, it stays."""
    run("add", "pas", "--port", "0")
    fill(hospital, adt("A01"))
    told = refused(CallerError, "remove", "pas")
    assert told.got == "1 waiting"
    writer = JournalWriter(hospital / "journal.db")
    writer.mark(Mark(1, Outcome(State.applied), MONDAY))
    writer.commit()
    writer.close()
    held = hold(hospital / "links.lock", "x")
    refused(CallerError, "remove", "pas")
    held.release()
    assert json.loads(run("remove", "pas", "--json")) == {"removed": "pas"}
    assert json.loads(run("list", "--json")) == []
    assert json.loads(run("journal", "--link", "pas", "--json"))["received"] == 1
    refused(NotFound, "remove", "pas")


def test_a_link_that_comes_back_has_the_dialect_that_it_had(hospital: Path) -> None:
    """Taking it away and adding it anew is no way around the words that a change wants."""
    run("add", "pas", "--port", "0")
    LiveDialects(hospital, lambda: MONDAY)
    run("remove", "pas")
    refused(CallerError, "add", "pas", "--port", "0", "--dialect", "simhospital")
    run("add", "pas", "--port", "0")
    assert LiveDialects(hospital, lambda: MONDAY)("pas") == load("itk-2.4")


@pytest.mark.usefixtures("journal")
def test_messages_are_given_again_by_number_and_reason() -> None:
    """By a person, for a reason; the count says how many."""
    run("add", "lorenzo", "--port", "0")
    words = ("--by", "iain", "--reason", "mended")
    assert json.loads(run("replay", "lorenzo", "--parked", "unknown_patient", *words, "--json")) == {"replayed": [2]}
    none = run("replay", "lorenzo", "--seq", "3", "--seq", "4", *words)
    assert "0 messages" in none
    assert "Passed over" in none
    assert "1 message will" in run("replay", "lorenzo", "--seq", "1", *words)
    assert json.loads(run("journal", "--json"))["states"]["waiting"] == 3
    refused(CallerError, "replay", "lorenzo", *words)
    refused(CallerError, "replay", "lorenzo", "--seq", "1", "--day", "2026-03-02", *words)
    refused(NotFound, "replay", "lorenz", "--seq", "1", *words)


@pytest.mark.usefixtures("journal")
def test_a_message_is_given_again_by_the_name_of_its_own_link() -> None:
    """A number mistyped, or of another link, is told and not passed over in silence."""
    run("add", "pas", "--port", "0")
    words = ("--by", "iain", "--reason", "mended")
    assert refused(CallerError, "replay", "pas", "--seq", "1", *words).got == "lorenzo"
    refused(NotFound, "replay", "pas", "--seq", "99", *words)


@pytest.mark.usefixtures("journal")
def test_messages_of_one_state_are_told_with_what_to_do() -> None:
    """What a person must look at is not lost among what was refused at the door."""
    told = json.loads(run("journal", "--latest", "9", "--state", "parked", "--json"))
    assert [one["seq"] for one in told["latest"]] == [2]
    assert "Send the registration." in run("journal", "--latest", "9", "--state", "parked")
    assert "Send the registration." not in run("journal", "--latest", "9")
    refused(CallerError, "journal", "--state", "parked")


@pytest.mark.usefixtures("journal")
def test_each_state_of_the_journal_can_be_asked_for() -> None:
    """The words of --state are those of the counts."""
    for state in json.loads(run("journal", "--json"))["states"]:
        run("journal", "--latest", "1", "--state", state)


def test_an_opening_is_loaded_and_closed(hospital: Path) -> None:
    """Until a person closes it the record is incomplete, and the list says since when; loading twice loads once."""
    run("add", "pas", "--port", "0")
    (hospital / "all.hl7").write_bytes(adt("A01") + adt("A02", place="W2^B2"))
    load_ = ("load", "pas", str(hospital / "all.hl7"), "--by", "iain")
    told = json.loads(run(*load_, "--json"))
    assert (told["journaled"], told["known"], told["unreadable"]) == (2, 0, 0)
    assert told["incomplete_since"]
    assert json.loads(run(*load_, "--json"))["known"] == 2
    assert "incomplete since" in run("list")
    assert json.loads(run("list", "--json"))[0]["incomplete_since"]
    refused(CallerError, "load", "pas", "--by", "iain", "--close")
    run("load", "pas", "--by", "iain", "--close", "--reason", "all wards counted")
    assert json.loads(run("list", "--json"))[0]["incomplete_since"] is None
    for wrong in (("load", "pas", "--by", "iain"), (*load_, "--close")):
        refused(CallerError, *wrong)
    refused(NotFound, "load", "lab", str(hospital / "all.hl7"), "--by", "iain")


@pytest.mark.usefixtures("journal")
@pytest.mark.parametrize(
    ("username", "password"),
    [("iain", "another"), ("nobody", PASSWORD), ("nadia", PASSWORD), ("", PASSWORD), ("Iain Pryce", PASSWORD)],
)
def test_who_gives_messages_again_is_who_they_say_and_answers_for_the_feed(
    username: str, password: str, monkeypatch: pytest.MonkeyPatch, hospital: Path
) -> None:
    """Without the account's password, or as somebody who does not answer for the feed, nothing is replayed, loaded or closed."""
    run("add", "lorenzo", "--port", "0")
    (hospital / "all.hl7").write_bytes(adt("A01"))
    before = run("journal", "--json")
    monkeypatch.setenv("TABARD_PASSWORD", password)
    by = ("--by", username)
    refused(CallerError, "replay", "lorenzo", "--seq", "1", *by, "--reason", "mended")
    refused(CallerError, "load", "lorenzo", str(hospital / "all.hl7"), *by)
    refused(CallerError, "load", "lorenzo", "--close", *by, "--reason", "counted")
    assert run("journal", "--json") == before
    assert json.loads(run("list", "--json"))[0]["incomplete_since"] is None


def test_a_password_is_never_taken_from_a_pipe(hospital: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no terminal asks for it, and the environment has none, the command is refused and says how."""
    run("add", "pas", "--port", "0")
    monkeypatch.delenv("TABARD_PASSWORD")
    (hospital / "all.hl7").write_bytes(adt("A01"))
    told = refused(CallerError, "load", "pas", str(hospital / "all.hl7"), "--by", "iain", given=b"secret\n")
    assert "TABARD_PASSWORD" in str(told.remedy)
