"""TOML of strangers: read as it stands, or refused before it costs anything."""

import re
import resource
import subprocess
import sys

import pytest

from tabard.ground.toml import read_toml

LARGEST = 256 * 1024
SECONDS = 60
"""How long a text that would take all the memory there is may keep a process of its own, before it is ended."""

DEEP = [
    b".".join([b"a"] * 100_000) + b" = 1",
    b"[" + b" . ".join([b'"\\""'] * 20_000) + b"]",
    b"[[" + b"\t.\t".join([b"'.'"] * 20_000) + b"]]",
    b"a = { " + b".".join([b"b"] * 50_000) + b" = 1 }",
]


@pytest.mark.parametrize("at", range(len(DEEP)))
def test_a_key_of_many_parts_is_refused_before_it_takes_the_memory(at: int) -> None:
    """Dotted keys cost the parser the square of their parts: these would want more than any machine has."""
    here = f"from tabard.ground.toml import read_toml\ntry:\n    read_toml({DEEP[at]!r}, {LARGEST})\nexcept ValueError as no:\n    print(no)"
    done = subprocess.run(
        [sys.executable],
        input=here,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
        preexec_fn=_little_memory,
    )
    assert done.stdout == "a key of more than 32 parts\n", done.stderr


def _little_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"a = " + b"[" * 100_000, "beyond measure"),
        (b"a = " + b"9" * 10_000, "integer string conversion"),
        (b"a = '\xff'", "utf-8"),
        (b"a = 1\na = 2", "overwrite"),
        (b"#" * (LARGEST + 1), "262145 bytes, more than 262144"),
    ],
)
def test_what_is_no_toml_is_told_in_one_way(raw: bytes, told: str) -> None:
    """Too deep, too long a number, no text, a key twice, too large: a ValueError, and never another."""
    with pytest.raises(ValueError, match=re.escape(told)):
        read_toml(raw, LARGEST)


def test_what_people_write_is_read() -> None:
    """Keys of some parts, and texts with many dots."""
    raw = b'a.b."c.d" = "v1.2.3"\nwords = "a.b... and so on ... for ever ..."\n[x.y]\nz = ["one.js", "two.js"]\n'
    assert read_toml(raw, LARGEST) == {
        "a": {"b": {"c.d": "v1.2.3"}},
        "words": "a.b... and so on ... for ever ...",
        "x": {"y": {"z": ["one.js", "two.js"]}},
    }
