"""One advisory, and all listed versions that it concerns, by the bills of materials in their packages."""

from collections.abc import Mapping

import pytest

from tabard.catalogue import affected
from tabard.ground.canonical import canonical
from tabard.ground.errors import CallerError
from tabard.product import pack
from unit.catalogue.centre import Centre

MANIFEST = b"""
id = "ward-board"
name = "Ward board"
version = "1.0.0"
publisher = "RXX"
[[part]]
kind = "app"
title = "Ward board"
launch = "launch.html"
start = "index.html"
context = "ward"
scopes = ["launch"]
"""


def package(*purls: str) -> bytes:
    """A package whose bill of materials names these."""
    sbom = canonical({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"purl": one} for one in purls]})
    files: Mapping[str, bytes] = {
        "tabard.toml": MANIFEST,
        "launch.html": b"<!DOCTYPE html><title>l</title>",
        "index.html": b"<!DOCTYPE html><title>i</title>",
        "hazards.toml": b"",
        "sbom.cdx.json": sbom,
    }
    return pack(files)


@pytest.fixture
def listed(centre: Centre) -> Centre:
    """Three products with a component, and one whose package cannot be read."""
    raws = {
        "a": package("pkg:npm/%40scope/lib@1.2.3", "pkg:npm/other@9.0.0"),
        "b": package("pkg:npm/%40scope/lib@1.10.0?arch=any"),
        "c": package("pkg:npm/lib@1.0.0"),
        "d": b"no package at all",
        "e": package("pkg:npm/@scope/lib@next"),
    }
    for product, raw in raws.items():
        centre.publishing.publish(centre.entry(centre.listed(product=product, package=raw), product=product))
    return centre


@pytest.mark.parametrize(
    ("purl", "below", "found"),
    [
        ("pkg:npm/@scope/lib", None, ["a", "b", "e"]),
        ("pkg:npm/%40scope/lib@1.2.3", None, ["a"]),
        ("pkg:npm/@scope/lib", "1.10", ["a", "e"]),
        ("pkg:npm/@scope/lib", "1.2.3", ["e"]),
        ("pkg:npm/nothing", None, []),
        ("pkg:pypi/lib", None, []),
    ],
)
def test_who_has_it(listed: Centre, purl: str, below: str | None, found: list[str]) -> None:
    """At its own version, below another, at any; numbers are compared as numbers; what cannot be read is always told."""
    for _ in range(2):  # the second time from what was kept
        told = affected(listed.publishing, purl, below)
        assert [one.product for one in told if one.component] == found
        assert [one.product for one in told if not one.component] == ["d"]


@pytest.mark.parametrize(("purl", "below"), [("lib", None), ("pkg:npm/", None), ("pkg:npm/lib", "later")])
def test_what_is_no_question_is_told(listed: Centre, purl: str, below: str | None) -> None:
    """No package URL, no version to compare with."""
    with pytest.raises(CallerError):
        affected(listed.publishing, purl, below)
