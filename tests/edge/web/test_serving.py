"""`tabard hospital serve` as a process: what it says, when it says it, and how it ends."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from tabard.hospital import init
from tabard.link import LinkSettings, add_link


def serving(folder: Path) -> "subprocess.Popen[str]":
    """The command, its words to be read."""
    command = [sys.executable, "-m", "tabard", "hospital", "serve", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603  our own command


def begun(folder: Path) -> int:
    """A hospital with one link, on a web port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    init(folder, "St Elsewhere", "RXX", port)
    add_link(folder, LinkSettings(name="lorenzo", dialect="itk-2.4", port=0))
    return port


def test_it_says_where_it_answers_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    """Portal and links are told with the ports they have; then both answer; SIGINT ends it with 0 and no more words."""
    port = begun(tmp_path / "h")
    with serving(tmp_path / "h") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"St Elsewhere: http://localhost:{port} (Ctrl-C ends it)\n"
        link = process.stdout.readline().split()
        assert link[:4] == ["link", "lorenzo", "listens", "on"]
        host, _, mllp = link[4].rstrip(",").partition(":")
        socket.create_connection((host, int(mllp)), timeout=10).close()
        assert httpx.get(f"http://127.0.0.1:{port}/sign-in", headers={"Host": f"localhost:{port}"}).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30) == ("", "")
        assert process.returncode == 0


def test_a_web_port_that_is_taken_is_told_in_one_error(tmp_path: Path) -> None:
    """Nothing is said to be served; the error names the port and what to do, and nothing else is printed."""
    port = begun(tmp_path / "h")
    with socket.create_server(("127.0.0.1", port)), serving(tmp_path / "h") as process:
        told, wrong = process.communicate(timeout=30)
    assert (told, process.returncode) == ("", 1)
    assert wrong.splitlines()[0] == "tabard: the web port cannot be had"
    assert f"127.0.0.1:{port}" in wrong
    assert len(wrong.splitlines()) == 4
