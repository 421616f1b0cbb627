"""A product's code that means harm, or was taken over, gets nowhere: each way out is really tried, from inside."""

import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge.runner.prober import PROBER
from edge.runner.running import Parts
from tabard.runner import State, this_host

SECRET = "the hospital's own secret"
LIMITS: dict[str, Any] = {"memory_mb": 128, "processes": 24, "open_files": 64, "timeout_s": 30}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hospital")
    (folder / "ids.key").write_text(SECRET)
    return folder


@pytest.fixture(scope="module")
def parts(place: Path) -> Iterator[Parts]:
    running = Parts(place / "parts")
    with running.runner:
        assert running.start("prober", {"part.py": PROBER}, **LIMITS).state is State.running
        assert running.start("neighbour", {"part.py": PROBER}, **LIMITS).state is State.running
        running.ask("neighbour", "open('/data/note', 'w').write('of another product')")
        yield running


def test_the_part_works_at_all(parts: Parts) -> None:
    """It computes, writes its own data and has a small /tmp: what is refused below is not refused for another reason."""
    assert parts.ask("prober", "answer = 6 * 7") == 42
    code = "open('/data/own', 'w').write('x'); open('/tmp/own', 'w').write('y'); answer = open('/data/own').read()"
    assert parts.ask("prober", code) == "x"


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/etc/shadow",
        "/etc/hostname",
        "/root/.bashrc",
        "/var/log/dpkg.log",
        "/home",
        "/sys/class/net",
        "/proc/1/root/etc/passwd",
        "/proc/self/cwd/../../etc/passwd",
        "/proc/kcore",
        "/dev/mem",
        "/dev/sda",
        "/run/tabard/../docker.sock",
    ],
)
def test_files_outside_are_not_there(parts: Parts, path: str) -> None:
    """Nothing of the host's own files can be read."""
    told = parts.ask(
        "prober", f"import os; answer = os.listdir({path!r}) if os.path.isdir({path!r}) else open({path!r}).read()"
    )
    assert str(told).startswith("refused: "), told


def test_the_hospitals_folder_is_not_there(parts: Parts, place: Path) -> None:
    """Neither keys nor the record, by the path that they have outside or by walking up from the product's own data."""
    for path in (place / "ids.key", Path("/data/../../../ids.key"), Path("/app/../../../../ids.key")):
        assert "FileNotFoundError" in parts.ask("prober", f"answer = open({str(path)!r}).read()")
    found = parts.ask(
        "prober",
        f"""
import os
answer = []
for top in ("/data", "/app", "/env", "/run", "/tmp", "/dev/shm"):
    for folder, _, names in os.walk(top):
        for name in names:
            try:
                answer.append({SECRET!r} in open(os.path.join(folder, name), errors="replace").read())
            except OSError:
                pass
""",
    )
    assert True not in found


def test_the_network_of_the_host_is_not_there(parts: Parts) -> None:
    """Nobody is reached: neither what listens on this host's loopback nor anything outside."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        for address in (("127.0.0.1", port), ("192.0.2.1", 80)):
            told = parts.ask("prober", f"import socket; socket.create_connection({address!r}, 5)")
            assert told.startswith("refused: "), told


def test_without_the_filter_of_calls_there_is_still_no_network(place: Path) -> None:
    """The filter is a second lock: the first, a network of its own with nothing in it, holds alone."""
    unfiltered = Parts(place / "unfiltered", host=lambda: replace(this_host(), system_filter=None))
    with unfiltered.runner, socket.create_server(("127.0.0.1", 0)) as listening:
        assert unfiltered.start("prober", {"part.py": PROBER}, **LIMITS).is_filtered is False
        port = listening.getsockname()[1]
        for address in (("127.0.0.1", port), ("192.0.2.1", 80)):
            told = unfiltered.ask("prober", f"import socket; socket.create_connection({address!r}, 5)")
            assert told.startswith("refused: "), told
        assert unfiltered.ask("prober", NESTED) == [False] * 4


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG"])
def test_only_unix_sockets_can_be_opened(parts: Parts, family: str) -> None:
    """No other kind of socket: less of the kernel stands open."""
    told = parts.ask("prober", f"import socket; socket.socket(socket.{family}, socket.SOCK_DGRAM)")
    assert told.startswith("refused: "), told


def test_abstract_sockets_of_the_host_are_not_there(parts: Parts) -> None:
    """Names without a file belong to a network namespace: those of the host's are not in ours."""
    name = f"\0tabard-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(name)
        listening.listen()
        told = parts.ask("prober", f"import socket; socket.socket(socket.AF_UNIX).connect({name!r})")
    assert "ConnectionRefusedError" in told


@pytest.mark.parametrize(
    "path",
    [
        "/app/part.py",
        "/app/more.py",
        "/env/more.py",
        "/usr/more",
        "/more",
        "/dev/more",
        "/run/more",
        "/run/tabard/more",
    ],
)
def test_code_cannot_be_written(parts: Parts, path: str) -> None:
    """Neither the product's code nor anything that is run: what was accredited is what runs."""
    assert "Read-only file system" in parts.ask(
        "prober", f"open({path!r}, 'a').write('#')"
    ) or "Permission" in parts.ask("prober", f"open({path!r}, 'a').write('#')")


@pytest.mark.parametrize("path", ["/app", "/env", "/usr", "/", "/dev", "/run/tabard"])
def test_what_is_to_be_read_is_mounted_so(parts: Parts, path: str) -> None:
    """Whoever owns the files, and whatever their modes are: nothing is written there."""
    assert parts.ask("prober", f"import os; answer = bool(os.statvfs({path!r}).f_flag & os.ST_RDONLY)") is True


def test_code_cannot_be_made_writable(parts: Parts) -> None:
    """Neither by its mode nor by mounting it anew."""
    for code in (
        "import os; os.chmod('/app/part.py', 0o777)",
        "import os; os.unlink('/app/part.py')",
        "import os; os.rename('/app/part.py', '/app/other.py')",
        "import ctypes; c = ctypes.CDLL(None); answer = c.mount(b'none', b'/app', None, 4096 | 32, None); assert answer == 0",
    ):
        assert str(parts.ask("prober", code)).startswith("refused: "), code


def test_another_products_data_and_socket_are_not_there(parts: Parts, place: Path) -> None:
    """Each product sees its own, at the same names; the other's cannot be reached by any path."""
    assert "FileNotFoundError" in parts.ask("prober", "answer = open('/data/note').read()")
    theirs = place / "parts" / "neighbour"
    for path in (theirs / "data/note", theirs / "sockets/fhir.sock", theirs / "sockets/part.sock"):
        told = parts.ask(
            "prober", f"import os, socket; os.stat({str(path)!r}); socket.socket(socket.AF_UNIX).connect({str(path)!r})"
        )
        assert "FileNotFoundError" in told


ASK_HOME = """
import http.client, socket
link = http.client.HTTPConnection("hospital")
link.sock = socket.socket(socket.AF_UNIX)
link.sock.connect("/run/tabard/fhir.sock")
link.request("GET", "/fhir/metadata", headers={"host": "neighbour", "x-product": "neighbour"})
answer = link.getresponse().read().decode()
"""


def test_each_product_is_known_by_its_socket(parts: Parts) -> None:
    """Whatever it says of itself, who asks is told by where it asked."""
    assert parts.ask("prober", ASK_HOME) == "you are prober: /fhir/metadata"
    assert parts.ask("neighbour", ASK_HOME) == "you are neighbour: /fhir/metadata"


@pytest.mark.usefixtures("parts")
def test_a_socket_answers_its_own_products_user_alone(place: Path) -> None:
    """Whoever else gets hold of a product's socket is hung up on, even root: the kernel says who is at the other end."""
    if os.geteuid() != 0:
        pytest.fail("this test wants another user than the product's: run it as root, as CI does")
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(os.path.relpath(place / "parts/prober/sockets/fhir.sock"))
        try:
            link.sendall(b"GET /fhir/metadata HTTP/1.1\r\nhost: x\r\n\r\n")
            told = link.recv(100)
        except ConnectionError:
            told = b""
    assert told == b""


def test_a_fork_bomb_meets_its_limit(parts: Parts) -> None:
    """It gets no more processes than it asked for in its manifest, and the hospital goes on."""
    made = parts.ask(
        "prober",
        """
import os, signal
made = []
try:
    for _ in range(500):
        pid = os.fork()
        if pid == 0:
            signal.pause()
        made.append(pid)
except BlockingIOError:
    pass
for pid in made:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
answer = len(made)
""",
    )
    assert 0 < made < 24
    assert parts.ask("neighbour", "answer = 1") == 1


def test_a_memory_bomb_meets_its_limit(parts: Parts) -> None:
    """One process gets no more memory than the manifest asked for."""
    assert "MemoryError" in parts.ask("prober", "answer = len(bytearray(400 * 1024 * 1024))")
    assert parts.ask("prober", "answer = len(bytearray(16 * 1024 * 1024))") == 16 * 1024 * 1024


def test_too_many_files_meet_their_limit(parts: Parts) -> None:
    """No more files are open at once than the manifest asked for."""
    told = parts.ask(
        "prober",
        """
files = []
try:
    for _ in range(2000):
        files.append(open("/dev/null"))
except OSError:
    pass
answer = len(files)
for file in files:
    file.close()
""",
    )
    assert 0 < told < 64


def test_memory_that_looks_like_files_has_an_end(parts: Parts) -> None:
    """What is written to folders in memory ends at their size."""
    for path, most in (("/tmp/big", 64), ("/dev/shm/big", 16)):  # noqa: S108  inside
        told = parts.ask(
            "prober",
            f"""
import os
answer = 0
try:
    with open({path!r}, "wb", buffering=0) as file:
        for _ in range(400):
            answer += file.write(bytes(1024 * 1024))
except OSError:
    pass
os.unlink({path!r})
""",
        )
        assert 0 < told <= most * 1024 * 1024


def test_nobody_outside_can_be_signalled(parts: Parts) -> None:
    """The processes of the host have no number here."""
    told = parts.ask("prober", f"import os; os.kill({os.getpid()}, 0)")
    assert "ProcessLookupError" in told


def test_the_hosts_processes_cannot_be_seen(parts: Parts) -> None:
    """/proc holds the part's own processes alone."""
    pids = parts.ask("prober", "import os; answer = sorted(int(one) for one in os.listdir('/proc') if one.isdigit())")
    assert pids[:2] == [1, 2]
    assert max(pids) < 1000
    lines = parts.ask(
        "prober",
        "import os; answer = [open(f'/proc/{one}/cmdline').read() for one in os.listdir('/proc') if one.isdigit()]",
    )
    assert not any("pytest" in line or str(parts.folder) in line for line in lines)


NESTED = """
import ctypes, os
c = ctypes.CDLL(None, use_errno=True)
made = []
for flag in (0x10000000, 0x00020000, 0x40000000, 0x10000000 | 0x00020000):
    pid = os.fork()  # a process with several threads may make no user namespace anyway
    if pid == 0:
        os._exit(0 if c.unshare(flag) == 0 else 1)
    made.append(os.waitpid(pid, 0)[1] == 0)
answer = made
"""


def test_no_namespace_can_be_made_inside(parts: Parts) -> None:
    """Neither a user's, nor of mounts, nor of the network: most ways to become root began with one."""
    assert parts.ask("prober", NESTED) == [False] * 4


def test_there_is_no_capability_and_no_way_to_one(parts: Parts) -> None:
    """All sets are empty, new privileges are off, and a set-user-id program gives none."""
    told = parts.ask("prober", "answer = open('/proc/self/status').read()")
    for line in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert f"{line}:\t0000000000000000" in told
    assert "NoNewPrivs:\t1" in told
    assert "Seccomp:\t2" in told
    code = "import subprocess; answer = subprocess.run(['/usr/bin/su', '-c', 'id -u'], capture_output=True).returncode"
    assert parts.ask("prober", code) != 0


@pytest.mark.parametrize(
    "call",
    [
        "ptrace(0, 1, 0, 0)",
        "mount(b'none', b'/tmp', b'tmpfs', 0, None)",
        "umount2(b'/proc', 2)",
        "pivot_root(b'/tmp', b'/tmp')",
        "chroot(b'/tmp')",
        "setns(3, 0)",
        "syscall(425, 8, None)",
        "syscall(321 if machine == 'x86_64' else 280, 0, None, 0)",
        "syscall(250 if machine == 'x86_64' else 219, 0, 0)",
        "syscall(323 if machine == 'x86_64' else 282, 0)",
        "reboot(0)",
    ],
)
def test_calls_that_let_others_out_are_refused(parts: Parts, call: str) -> None:
    """The kernel does not even begin with what no product's code needs."""
    code = f"import ctypes, platform; machine = platform.machine(); c = ctypes.CDLL(None, use_errno=True); answer = [c.{call}, ctypes.get_errno()]"
    assert parts.ask("prober", code) == [-1, 1]


def test_nothing_of_ours_is_in_its_surroundings(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the hospital's environment, no open file of its, no name of its folders."""
    monkeypatch.setenv("TABARD_PASSPHRASE", SECRET)
    with open(parts.folder.parent / "ids.key") as ours:  # noqa: PTH123  a file that is open while the part starts
        parts.start("fresh", {"part.py": PROBER}, **LIMITS)
        assert not ours.closed
    told = parts.ask("fresh", "import os; answer = dict(os.environ)")
    assert SECRET not in str(told)
    assert str(parts.folder) not in str(told)
    links = "import os; answer = [os.readlink(f'/proc/self/fd/{fd}') for fd in (0, 1, 2, 3)] + [f for f in os.listdir('/proc/self/fd')]"
    opened = parts.ask("fresh", links)
    assert not any("ids.key" in one for one in opened)
    assert "FileNotFoundError" in parts.ask("fresh", "import os; answer = os.readlink('/proc/self/fd/10')")


def test_a_terminal_cannot_be_typed_into(parts: Parts) -> None:
    """There is none; and the call that types for somebody else is refused."""
    assert str(parts.ask("prober", "open('/dev/tty')")).startswith("refused: ")
    code = "import fcntl, os, pty; m, s = pty.openpty(); fcntl.ioctl(s, 0x5412, b'x')"
    assert str(parts.ask("prober", code)).startswith("refused: ")


def test_each_product_has_a_user_of_its_own(parts: Parts, place: Path) -> None:
    """What it writes belongs to it alone on the host; no two products share a user."""
    if os.geteuid() != 0:
        pytest.fail("a user of its own is given only by root: run this as root, as CI does")
    mine, theirs = (parts.health(product).uid for product in ("prober", "neighbour"))
    assert mine != theirs
    parts.ask("prober", "open('/data/mine', 'w').write('x')")
    assert (place / "parts/prober/data/mine").stat().st_uid == mine
    assert parts.ask("prober", "import os; answer = [os.getuid(), os.getgid(), os.getgroups()]") == [mine, mine, []]
