"""Parts are kept alive with patience, given up with a reason, and end with the hospital: whatever they do, it goes on."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.runner.prober import PROBER
from edge.runner.running import Parts
from tabard.ground.errors import CallerError, ProductError
from tabard.product import Server
from tabard.runner import BadAnswer, Deployment, PartDown, PartTooSlow, Runner, State, Unconfinable, told_in

RAW = b"""
import socket
listening = socket.socket(fileno=3)
while True:
    link, _ = listening.accept()
    asked = link.recv(65536)
    link.sendall(ANSWER if asked.startswith(b"POST") else b"HTTP/1.1 200 OK\\r\\ncontent-length: 2\\r\\n\\r\\n{}")
    link.close()
"""

DRIPS = RAW.replace(
    b"    link.sendall(ANSWER if",
    b"""    import time
    while asked.startswith(b"POST"):
        link.send(b"x")
        time.sleep(0.05)
    link.sendall(b"" if""",
)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    running = Parts(tmp_path / "parts")
    with running.runner:
        yield running


def test_a_part_that_ends_is_started_again(parts: Parts) -> None:
    """It is back after a pause, and why it ended is told."""
    parts.start("falls", {"part.py": PROBER})
    with pytest.raises(PartDown):
        parts.ask("falls", "import os; os._exit(7)")
    health = parts.until("falls", State.running, restarts=1)
    assert "exit status 7 while it was running" in health.reason
    assert parts.ask("falls", "answer = 1") == 1


def test_a_part_that_will_not_stay_is_given_up(parts: Parts) -> None:
    """After so many failures in a row it is not started again, and the reason stands in its health."""
    health = parts.start("broken", {"part.py": b"raise SystemExit(3)"})
    assert (health.state, health.restarts) == (State.given_up, 2)
    assert "exit status 3 before it had answered" in health.reason
    with pytest.raises(PartDown, match="exit status 3"):
        parts.runner.call("broken", "GET", "/")


def test_a_part_that_never_answers_is_given_up(parts: Parts) -> None:
    """It has so many seconds to answer for the first time, as its manifest says."""
    health = parts.start("mute", {"part.py": b"import time; time.sleep(600)"}, start_s=1)
    assert health.state is State.given_up
    assert "did not answer in time" in health.reason


def test_a_part_that_answers_badly_at_first_is_given_up(parts: Parts) -> None:
    """What it is asked first it must answer with 200."""
    code = RAW.replace(b"200 OK", b"500 NO").replace(b"ANSWER", b"b''")
    assert "answered 500" in parts.start("wrong", {"part.py": code}).reason


def test_several_processes_share_their_memory_limit(parts: Parts) -> None:
    """Children that each stay below it, and together do not, end the part; it is told why."""
    parts.start("family", {"part.py": PROBER}, memory_mb=128, timeout_s=30)
    code = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        held = bytearray(os.urandom(1)) * (60 * 1024 * 1024)
        time.sleep(600)
time.sleep(600)
"""
    with pytest.raises((PartDown, PartTooSlow)):
        parts.ask("family", code)
    assert "more memory than 128 MB" in parts.until("family", State.running, State.waiting, restarts=1).reason


def test_a_call_ends_in_time(parts: Parts) -> None:
    """Whoever asks waits no longer than was said, be the part asleep or answering a byte at a time."""
    parts.start("slow", {"part.py": PROBER})
    with pytest.raises(PartTooSlow):
        parts.ask("slow", "import time; time.sleep(600)", timeout_s=0.2)
    parts.start("drips", {"part.py": DRIPS})
    with pytest.raises(PartTooSlow):
        parts.ask("drips", "", timeout_s=0.5)


def test_one_part_that_hangs_holds_up_no_other(parts: Parts) -> None:
    """Calls wait in turn for their own part alone; those beyond the turns are refused in time."""
    parts.start("slow", {"part.py": PROBER}, timeout_s=1)
    parts.start("quick", {"part.py": PROBER})
    with pytest.raises(PartTooSlow):
        parts.ask("slow", "import time; time.sleep(600)")
    assert parts.ask("quick", "answer = 2") == 2


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"b'rubbish\\r\\n\\r\\n'", BadAnswer),
        (b"b''", PartDown),
        (b"b'HTTP/1.1 200 OK\\r\\ncontent-length: 99\\r\\n\\r\\nshort'", BadAnswer),
        (b"b'HTTP/1.1 200 OK\\r\\n\\r\\n' + bytes(2 * 1024 * 1024)", BadAnswer),
        (b"b'HTTP/1.1 200 OK\\r\\n' + b'a: b\\r\\n' * 5000", BadAnswer),
        (b"b'HTTP/1.1 999999 OK\\r\\n\\r\\n'", BadAnswer),
        (b"b'HTTP/1.1 200 OK\\r\\ntransfer-encoding: chunked\\r\\n\\r\\nzz\\r\\n'", BadAnswer),
    ],
)
def test_what_is_no_answer_is_refused(parts: Parts, answer: bytes, error: type[ProductError]) -> None:
    """Rubbish, too little, too much: each is the product's fault, and told as that."""
    parts.start("raw", {"part.py": RAW.replace(b"ANSWER", answer)})
    with pytest.raises(error):
        parts.runner.call("raw", "POST", "/x")


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/a b", {}),
        ("GET", "http://x/", {}),
        ("GET", "/\r\nx: y", {}),
        ("G E T", "/", {}),
        ("GET", "/", {"a": "b\r\nc: d"}),
    ],
)
def test_a_request_is_one_request(parts: Parts, method: str, path: str, headers: dict[str, str]) -> None:
    """What could be read as two lines is never sent."""
    parts.start("raw", {"part.py": PROBER})
    with pytest.raises(ValueError, match="taken for something else"):
        parts.runner.call("raw", method, path, b"", headers)


def test_stopping_ends_everything_that_a_part_began(parts: Parts) -> None:
    """Grandchildren that went into the background are gone too, and whoever asks is told that nothing runs."""
    parts.start("parent", {"part.py": PROBER})
    parts.ask("parent", "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(600)\nanswer = 1")
    name = f"{parts.health('parent').uid}"
    assert name in _uids()
    parts.runner.stop("parent")
    assert name not in _uids() or os.geteuid() != 0
    with pytest.raises(PartDown):
        parts.ask("parent", "answer = 1")
    assert parts.runner.health() == ()


def test_a_new_version_takes_the_place_of_the_old(parts: Parts) -> None:
    """The code of the new one runs, the product's data and user stay, and the old code is swept away."""
    parts.start("grows", {"part.py": PROBER, "v.py": b"v = 1"}, digest="d1")
    uid = parts.health("grows").uid
    assert parts.ask("grows", "import v; open('/data/kept', 'w').write('kept'); answer = v.v") == 1
    parts.start("grows", {"part.py": PROBER, "v.py": b"v = 2"}, digest="d2")
    assert parts.ask("grows", "import v; answer = [v.v, open('/data/kept').read()]") == [2, "kept"]
    assert parts.health("grows").uid == uid
    parts.runner.sweep(["grows"])
    assert [one.name for one in (parts.folder / "grows/versions").iterdir()] == ["d2"]


def test_what_a_part_says_is_kept_apart_and_bounded(parts: Parts, capfd: pytest.CaptureFixture[str]) -> None:
    """Its output may hold patient data: a file for the hospital's user alone, of a bounded size, and nowhere else."""
    parts.start("talks", {"part.py": PROBER})
    parts.ask("talks", "import sys\nfor _ in range(3000):\n    print('NHS 943 476 5919 ' * 20, file=sys.stderr)")
    parts.runner.stop("talks")
    kept = sorted((parts.folder / "talks").glob("output.log*"))
    assert [one.name for one in kept] == ["output.log", "output.log.1"]
    assert all(one.stat().st_mode & 0o777 == 0o600 for one in kept)
    assert all(one.stat().st_size <= 256 * 1024 for one in kept)
    assert "943 476" in kept[0].read_text()
    told = capfd.readouterr()
    assert "943 476" not in told.out + told.err


def test_another_process_can_tell_how_the_parts_are(parts: Parts) -> None:
    """While they run: state, restarts, memory, last reason; nothing once nobody runs them."""
    parts.start("seen", {"part.py": PROBER})
    (told,) = told_in(parts.folder)
    assert (told.product, told.state, told.restarts, told.reason) == ("seen", State.running, 0, "")
    assert told.memory_bytes is not None
    assert told.memory_bytes > 1024 * 1024
    parts.runner.__exit__(None, None, None)
    assert told_in(parts.folder) == ()


def test_the_parts_of_a_folder_are_run_once(parts: Parts) -> None:
    """Two processes would give two answers; the second is told so."""
    with pytest.raises(CallerError, match="another process"):
        Parts(parts.folder).runner.__enter__()


def test_where_nothing_can_be_confined_nothing_runs(tmp_path: Path) -> None:
    """The hospital goes on, and the part's health says what is missing and what to do."""

    def without() -> None:
        raise Unconfinable("a product's process cannot be kept apart", where="bwrap", remedy="install bubblewrap")

    bare = Parts(tmp_path / "parts", host=without)
    with bare.runner:
        health = bare.start("tiny", {"part.py": PROBER})
        assert health.state is State.given_up
        assert "install bubblewrap" in health.reason
        with pytest.raises(PartDown):
            bare.ask("tiny", "answer = 1")


HOSPITAL = f"""
import sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
from edge.runner.prober import PROBER
from edge.runner.running import Parts
parts = Parts(Path(sys.argv[1]))
parts.runner.__enter__()
print(parts.start("orphan", {{"part.py": PROBER}}).uid, flush=True)
sys.stdin.read()
"""


def test_a_hospital_that_is_killed_leaves_no_part_behind(tmp_path: Path) -> None:
    """However we end, the kernel ends them: nothing runs that nobody watches."""
    with subprocess.Popen(  # noqa: S603  our own program
        [sys.executable, "-c", HOSPITAL, str(tmp_path / "parts")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as hospital:
        assert hospital.stdout is not None
        uid = hospital.stdout.readline().strip()
        pid = json.loads((tmp_path / "parts/state.json").read_bytes())[0]["pid"]
        assert uid in _uids()
        part = os.pidfd_open(pid)
        hospital.send_signal(signal.SIGKILL)
        hospital.wait()
    _until_ended(part)
    pause = threading.Event()
    while os.geteuid() == 0 and uid in _uids():  # the kernel takes a moment to take a namespace down
        pause.wait(0.05)


def test_a_folder_that_cannot_be_read_is_the_parts_fault_alone(parts: Parts) -> None:
    """Why the files were not had is the reason why the part is down."""

    def unreadable() -> dict[str, bytes]:
        raise CallerError("its files have changed", remedy="install it again")

    parts.runner.start(Deployment("changed", "d1", Server("part"), unreadable))
    assert "its files have changed" in parts.until("changed", State.given_up).reason


def test_runner_is_a_context_that_can_be_left_at_once(tmp_path: Path) -> None:
    """Nothing is begun that nobody asked for: no thread, no socket."""
    with Runner(tmp_path / "parts", lambda _: pytest.fail("nobody asked")):
        pass


def _uids() -> set[str]:
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if "\nState:\tZ" not in (path / "status").read_text():  # dead, and not yet taken note of
                found.add(str(path.stat().st_uid))
        except OSError:
            continue
    return found


def _until_ended(pidfd: int) -> None:
    import select  # noqa: PLC0415  here alone

    try:
        assert select.select([pidfd], [], [], 60)[0]
    finally:
        os.close(pidfd)
