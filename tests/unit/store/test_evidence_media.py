"""Of what kind bytes are is told from the bytes alone."""

import io
import tracemalloc
import zipfile

import pytest

from tabard.store.evidence_media import media_of


def office(*names: str) -> bytes:
    """An archive with these names in it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return held.getvalue()


@pytest.mark.parametrize(
    ("raw", "ending"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (b"\x89PNG\r\n\x1a\n\x00", "png"),
        (b"\xff\xd8\xff\xe0", "jpg"),
        (b'{"a": [1, 2]}', "json"),
        (b"[]", "json"),
        (b'{"a": ', "txt"),
        (b"[" * 100_000, "txt"),
        (b"a,b\n1,2\n3,4\n", "csv"),
        (b"a,b\n1\n", "txt"),
        ("\ufeffLetter, signed \u2014 Pat".encode(), "txt"),
        (b"<!doctype html><script>alert(1)</script>", "txt"),
        (b"#!/bin/sh\nrm -rf /\n", "txt"),
        (office("word/document.xml"), "docx"),
        (office("xl/workbook.xml"), "xlsx"),
        (office("anything.txt"), "zip"),
    ],
)
def test_bytes_tell_what_they_are(raw: bytes, ending: str) -> None:
    """Markup and scripts are plain text, however they are called."""
    media = media_of(raw)
    assert media is not None
    assert media.ending == ending
    assert "html" not in media.type


@pytest.mark.parametrize(
    "raw",
    [b"", b"  \n", b"MZ\x90\x00", b"\x7fELF", b"a\x00b", "Grüße".encode("latin-1"), "x".encode("utf-16"), b"\x1b[2J"],
)
def test_what_is_none_of_these_is_not_taken(raw: bytes) -> None:
    """Programs, text in other encodings, marks that steer a terminal, nothing at all."""
    assert media_of(raw) is None


def test_a_large_document_is_looked_over_and_not_built() -> None:
    """Ten million empty lists in JSON take no more memory than their text."""
    raw = b"[" + b"[]," * 3_000_000 + b"1]"
    tracemalloc.start()
    try:
        media = media_of(raw)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert media is not None
    assert media.ending == "json"
    assert peak < 4 * len(raw)
