"""The parts of confinement that can be held against their sources without a sandbox."""

import json
import struct
from pathlib import Path

import pytest

from tabard.ground.errors import InternalError
from tabard.runner import Unconfinable, this_host
from tabard.runner.cgroups import cgroups
from tabard.runner.confinement import Limits
from tabard.runner.seccomp import filter_for
from tabard.runner.uids import FIRST, LAST, uid_of

ALLOWED, EPERM, NO_FAMILY, KILLED = 0x7FFF0000, 0x00050001, 0x00050061, 0x80000000
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
LIMITS = Limits(128 * 1024 * 1024, 16, 64)


def judged(machine: str, number: int, *given: int, architecture: int | None = None) -> int:
    """What the kernel would do with a call: the filter, run as classic BPF is."""
    known = ARCHITECTURES[machine] if architecture is None else architecture
    data = struct.pack("=IIQ6Q", number, known, 0, *(*given, *[0] * 6)[:6])
    raw = filter_for(machine)
    assert raw is not None
    program = list(struct.iter_unpack("=HBBI", raw))
    at = held = 0
    while True:
        code, yes, no, value = program[at]
        at += 1
        match code:
            case 0x20:
                (held,) = struct.unpack_from("=I", data, value)
            case 0x15:
                at += yes if held == value else no
            case 0x35:
                at += yes if held >= value else no
            case 0x06:
                return int(value)


@pytest.mark.parametrize(
    ("machine", "socket", "ioctl", "ptrace", "read"), [("x86_64", 41, 16, 101, 0), ("aarch64", 198, 29, 117, 63)]
)
def test_the_filter_lets_through_what_products_need(
    machine: str, socket: int, ioctl: int, ptrace: int, read: int
) -> None:
    """Reading, Unix sockets, other ioctls; not another family, not typing into a terminal, not ptrace."""
    assert judged(machine, read) == ALLOWED
    assert judged(machine, socket, 1) == ALLOWED
    assert {judged(machine, socket, family) for family in (0, 2, 10, 16, 17, 38, 40)} == {NO_FAMILY}
    assert judged(machine, ioctl, 0, 0x5413) == ALLOWED
    assert judged(machine, ioctl, 0, 0x5412) == EPERM
    assert judged(machine, ptrace) == EPERM
    assert judged(machine, 425) == EPERM


def test_calls_of_another_machine_end_the_process() -> None:
    """A second table of calls, with other numbers, would go round the list."""
    assert judged("x86_64", 0, architecture=0x40000003) == KILLED
    assert judged("x86_64", 0x40000000 | 41, 1) == EPERM
    assert judged("aarch64", 0, architecture=ARCHITECTURES["x86_64"]) == KILLED


def test_of_a_machine_that_is_not_known_there_is_no_filter() -> None:
    """Rather none, which its health says, than one with wrong numbers."""
    assert filter_for("riscv64") is None


def test_each_product_has_a_user_for_ever(tmp_path: Path) -> None:
    """The same at every asking, another for each product and hospital, within the range that is nobody's."""
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    users = [uid_of(one, f"p{number}") for number in range(50)]
    assert len(set(users)) == 50
    assert users == [uid_of(one, f"p{number}") for number in range(50)]
    assert all(FIRST <= user <= LAST for user in users)
    assert uid_of(two, "p0") != users[0]


def test_two_products_never_share_a_user(tmp_path: Path) -> None:
    """Where the first choice is another's, the next is taken."""
    first = uid_of(tmp_path, "a")
    (tmp_path / "uids.json").write_text(json.dumps({"b": first}))
    assert uid_of(tmp_path, "a") == first + 1


@pytest.mark.parametrize("content", ["", "[]", '{"a": "x"}', '{"a": 0}', '{"a": 1000}'])
def test_damaged_users_are_never_guessed(tmp_path: Path, content: str) -> None:
    """To guess could hand a product another's data, or root's."""
    (tmp_path / "uids.json").write_text(content)
    with pytest.raises(InternalError):
        uid_of(tmp_path, "a")


def test_without_bubblewrap_nothing_is_confined(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is said what is missing and how it is had."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unconfinable, match="apt install bubblewrap"):
        this_host()


def test_on_another_system_nothing_is_confined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux alone has these walls."""
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(Unconfinable, match="Linux"):
        this_host()


def a_tree(
    folder: Path, own: str = "0::/system.slice/tabard.service/hospital", controllers: str = "cpu memory pids"
) -> Path:
    service = folder / "tree/system.slice/tabard.service"
    (service / "hospital").mkdir(parents=True)
    (service / "cgroup.controllers").write_text(controllers)
    (folder / "own").write_text(f"{own}\n")
    return service


def test_control_groups_are_used_where_they_were_given(tmp_path: Path) -> None:
    """Below the group that is ours to divide, with the product's limits; the part joins by the file that is answered."""
    service = a_tree(tmp_path)
    found = cgroups(tmp_path / "tree", tmp_path / "own", lambda path: path == service)
    assert found is not None
    assert (service / "cgroup.subtree_control").read_text() == "+memory +pids"
    assert found.make("news", LIMITS) == service / "tabard-news/cgroup.procs"
    assert (service / "tabard-news/memory.max").read_text() == str(128 * 1024 * 1024)
    assert (service / "tabard-news/pids.max").read_text() == "18"


@pytest.mark.parametrize(
    ("own", "controllers", "is_given"),
    [
        ("0::/system.slice/tabard.service/hospital", "cpu memory pids", False),
        ("0::/system.slice/tabard.service/hospital", "cpu", True),
        ("0::/system.slice", "cpu memory pids", True),
        ("0::/", "cpu memory pids", True),
        ("4:memory:/x", "cpu memory pids", True),
    ],
)
def test_elsewhere_the_tree_is_left_alone(tmp_path: Path, own: str, controllers: str, is_given: bool) -> None:  # noqa: FBT001  a case
    """Not given, without the controllers, at the root, or version 1: rlimits hold alone."""
    service = a_tree(tmp_path, own, controllers)
    assert cgroups(tmp_path / "tree", tmp_path / "own", lambda _: is_given) is None
    assert not (service / "cgroup.subtree_control").exists()
