"""A small product for tests: its manifest, its files, its package."""

from pathlib import Path

from tabard.product import Manifest, Package, pack, parse_manifest, read_package

MANIFEST = """
id = "tiny"
name = "Tiny"
version = "1.2.0"
publisher = "RZZ"
summary = "Shows a patient's name."
licence = "Apache-2.0"
intended_use = "Nurses read a name. Not for deciding anything."

[safety_officer]
name = "Dr Pat Doe"
register = "GMC"
number = "9999999"

[[part]]
kind = "app"
title = "Tiny"
launch = "launch.html"
start = "index.html"
context = "patient"
scopes = ["launch", "patient/Patient.rs"]

[[component]]
name = "fhirclient"
version = "2.6.3"
licence = "Apache-2.0"
purl = "pkg:npm/fhirclient@2.6.3"
files = ["vendor/fhir-client.js"]
"""
FILES = {
    "tabard.toml": MANIFEST.encode(),
    "hazards.toml": b"",
    "index.html": b"<!doctype html>",
    "launch.html": b"<!doctype html>",
    "vendor/fhir-client.js": b"// theirs",
}


def manifest(text: str = MANIFEST) -> Manifest:
    return parse_manifest(text.encode(), FILES)


def package() -> Package:
    return read_package(pack(FILES))


def folder_of(folder: Path, files: dict[str, bytes] | None = None) -> Path:
    """The files on the disk, below `folder`."""
    for name, content in (files or FILES).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder
