"""files-accounted: every file is of a known kind and is what its name says."""

import json
import zlib

import pytest

from tabard.accreditation import Verdict
from unit.accreditation.tiny import FILES, failing, got_of, report_of, tiny, with_files


def test_known_files_pass_and_are_counted() -> None:
    """A pass says how many files of how many."""
    package = tiny()
    (found,) = [one for one in report_of(package).findings if one.rule == "files-accounted"]
    assert found.verdict is Verdict.passed
    assert found.got == f"{len(package.files)} of {len(package.files)} files accounted for"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("tool", b"\x7fELF\x02"),
        ("app.css", b"#!/bin/sh\necho\n"),
        ("logo.png", b"MZ\x90"),
        ("logo.svg", b"PK\x03\x04rest"),
        ("data.json", b"\x1f\x8b\x08" + zlib.compress(b"x")),
        ("inner.txt", b"\0" * 257 + b"ustar\0"),
        ("logo.png", b"GIF89a"),
        ("notes.txt", b"caf\xe9"),
        ("model.onnx", b"weights"),
        ("noend", b"text"),
        ("app.js.map", b"not a map"),
        ("app.js.map", json.dumps({"sources": ["https://elsewhere.example/a.js"]}).encode()),
        ("app.js.map", json.dumps({"sources": ["../../home/a.js"]}).encode()),
    ],
)
def test_another_file_fails_this_rule_alone(name: str, content: bytes) -> None:
    """A program, an archive under any name, a wrong kind, an unknown one, a map to elsewhere."""
    assert failing(tiny({name: content})) == {"files-accounted": [f"fail {name}"]}


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"BZh9", b"a" * 257 + b"ustar and more"])
def test_an_archive_is_told_as_one_under_any_name(content: bytes) -> None:
    """A text by its letters, an archive by its marks: nobody could look at what is packed up."""
    assert "files packed up" in got_of(tiny({"inner.txt": content}), "files-accounted")


def test_a_hidden_file_fails() -> None:
    """A package's reader refuses it already; should it ever not, this rule does."""
    assert "fail .env" in failing(with_files(tiny(), {".env": b"a=1\n"}))["files-accounted"]


def test_a_file_of_a_component_may_be_of_any_kind_but_no_program() -> None:
    """A component is known by its name, version and hash."""
    named = {'"vendor/small.js", ': '"vendor/small.js", "vendor/model.onnx", '}
    assert failing(tiny({"vendor/model.onnx": b"weights"}, named)) == {}
    assert "files-accounted" in failing(tiny({"vendor/model.onnx": b"\x7fELF"}, named))


@pytest.mark.parametrize(
    ("said", "is_fine"),
    [
        ("app.js.map", True),
        ("data:application/json;base64,e30=", True),
        ("https://elsewhere.example/app.js.map", False),
        ("//elsewhere.example/app.js.map", False),
        ("../outside.map", False),
    ],
)
def test_a_script_s_source_map_is_its_own(said: str, is_fine: bool) -> None:  # noqa: FBT001  a table's column
    """A map elsewhere tells somebody whenever the page is looked into."""
    code = FILES["app.js"] + f"//# sourceMappingURL={said}\n".encode()
    assert ("files-accounted" not in failing(tiny({"app.js": code}))) == is_fine
