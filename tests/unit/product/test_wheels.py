"""Wheels are those that the lock names by their hashes and the manifest by their licences, all of them and no others."""

from hashlib import sha256
from pathlib import Path

import pytest

from tabard.ground.faults import Fault
from tabard.product import LOCK, BadPackage, PackageFault, build, parse_manifest, read_lock, wheel_faults
from unit.product import made
from unit.product.test_server import SERVED

WHEEL = "wheels/tiny_kit-1.0-py3-none-any.whl"
RAW = b"PK\x03\x04 a wheel"
DIGEST = sha256(RAW).hexdigest()
LINE = f"tiny-kit==1.0 \\\n    --hash=sha256:{DIGEST}\n"
COMPONENT = f"""
[[component]]
name = "tiny-kit"
version = "1.0"
licence = "MIT"
purl = "pkg:pypi/tiny-kit@1.0"
files = ["{WHEEL}"]
"""
FILES = {
    "tabard.toml": (SERVED + COMPONENT).encode(),
    "hazards.toml": b"",
    "early/__init__.py": b"",
    "early/answers.py": b"",
    LOCK: LINE.encode(),
    WHEEL: RAW,
}


def faults(**changed: bytes | None) -> tuple[Fault, ...]:
    names = {
        "lock": LOCK,
        "wheel": WHEEL,
        "manifest": "tabard.toml",
        "more": "wheels/more-2.0-py3-none-any.whl",
        "odd": "wheels/x.txt",
    }
    files = FILES | {names[name]: content for name, content in changed.items() if content is not None}
    for name, content in changed.items():
        if content is None:
            del files[names[name]]
    return wheel_faults(parse_manifest(files["tabard.toml"], FILES), files)


def test_what_agrees_is_whole() -> None:
    """Lock, wheel and component name the same, however the name is spelt."""
    assert faults() == ()
    assert faults(lock=LINE.replace("tiny-kit", "Tiny_Kit").encode()) == ()
    assert faults(lock=f"# a comment\n\n{LINE}".encode()) == ()
    assert faults(lock=LINE.replace("==1.0", "==1.0 ; python_version < '4'").encode()) == ()


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"wheel": RAW + b"x"}, WHEEL),
        ({"wheel": b"no archive"}, WHEEL),
        ({"lock": LINE.replace("1.0", "1.1").encode()}, WHEEL),
        ({"lock": b""}, WHEEL),
        ({"wheel": None}, LOCK),
        ({"more": RAW}, "wheels/more-2.0-py3-none-any.whl"),
        ({"odd": b"x"}, "wheels/x.txt"),
        ({"manifest": (SERVED + COMPONENT.replace("pypi", "npm")).encode()}, WHEEL),
        ({"manifest": (SERVED + COMPONENT.replace("tiny-kit@", "other@")).encode()}, WHEEL),
        ({"manifest": SERVED.encode()}, WHEEL),
    ],
)
def test_what_does_not_agree_is_told_at_its_file(changed: dict[str, bytes | None], where: str) -> None:
    """Each fault names the file, what was expected and what is there."""
    assert where in [fault.where for fault in faults(**changed)]


@pytest.mark.parametrize(
    "line",
    [
        "tiny-kit==1.0",
        "tiny-kit>=1.0 --hash=sha256:" + "0" * 64,
        "tiny-kit",
        "--index-url https://elsewhere.example",
        "-r other.txt",
        "-e .",
        "tiny-kit @ https://elsewhere.example/x.whl --hash=sha256:" + "0" * 64,
        "tiny-kit==1.0 --hash=md5:" + "0" * 32,
        "tiny-kit==1.0 --hash=sha256:" + "0" * 64 + " --find-links x",
    ],
)
def test_a_lock_is_versions_with_hashes_and_nothing_else(line: str) -> None:
    """Nothing that would fetch from elsewhere, build, or take what nobody looked at."""
    noted: list[Fault] = []
    assert read_lock(line.encode(), noted) == ()
    assert [fault.where for fault in noted] == [f"{LOCK}:1"]


def test_wheels_are_for_a_server() -> None:
    """Pages have no use for them."""
    files = made.FILES | {LOCK: LINE.encode()}
    assert [fault.where for fault in wheel_faults(made.manifest(), files)] == [LOCK]


def test_nothing_is_built_with_other_wheels(tmp_path: Path) -> None:
    """A build tells every fault, and what to do."""
    folder = made.folder_of(tmp_path, FILES | {WHEEL: RAW + b"x"})
    with pytest.raises(BadPackage) as caught:
        build(folder)
    assert caught.value.reason is PackageFault.bad_wheels
    assert "tabard product wheels" in str(caught.value)
    assert build(made.folder_of(tmp_path, FILES)).sha256 == build(folder).sha256
