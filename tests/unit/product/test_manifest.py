"""A manifest is read whole, or every fault of it is told at once."""

from pathlib import Path

import pytest

from tabard.product import BadManifest, Context, Kind, SafetyOfficer, owed, read_manifest
from unit.product import made

WARD_BOARD = Path(__file__).parents[3] / "products/ward-board"
GOOD = """
id = "tiny"
name = "Tiny"
version = "1.0.0"
publisher = "RZZ"
[[part]]
kind = "app"
title = "Tiny"
launch = "launch.html"
start = "index.html"
context = "ward"
scopes = ["launch", "user/Patient.rs"]
"""


def a_product(folder: Path, manifest: str) -> Path:
    for name in ("launch.html", "index.html"):
        (folder / name).write_text("<!doctype html>")
    (folder / "tabard.toml").write_text(manifest)
    return folder


def faults_of(folder: Path, manifest: str) -> dict[str, str]:
    with pytest.raises(BadManifest) as caught:
        read_manifest(a_product(folder, manifest))
    assert all(fault.where in str(caught.value) for fault in caught.value.faults)
    return {fault.where: fault.expected for fault in caught.value.faults}


def test_a_whole_manifest_is_read(tmp_path: Path) -> None:
    """Every key comes back as it stands in the file."""
    manifest = read_manifest(a_product(tmp_path, GOOD))
    assert (manifest.id, manifest.name, manifest.version, manifest.publisher) == ("tiny", "Tiny", "1.0.0", "RZZ")
    (part,) = manifest.parts
    assert (part.kind, part.launch, part.start, part.context) == (Kind.app, "launch.html", "index.html", Context.ward)
    assert part.scopes == ("launch", "user/Patient.rs")


def test_the_ward_board_reads() -> None:
    """The product that comes with the house has a whole manifest."""
    assert read_manifest(WARD_BOARD).id == "ward-board"


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    """Six different faults in two tables come in one error."""
    broken = (
        GOOD.replace('"1.0.0"', '"one"')
        .replace('publisher = "RZZ"', "")
        .replace('"ward"', '"wad"')
        .replace('"user/Patient.rs"', '"user/Patient.everything", 7')
        .replace('launch = "launch.html"', 'launch = "../launch.html"\ncolour = "red"')
    )
    assert set(faults_of(tmp_path, broken)) == {
        "version",
        "publisher",
        "part[0].context",
        "part[0].scopes[1]",
        "part[0].scopes[2]",
        "part[0].launch",
        "part[0].colour",
    }


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    """A mistyped key is never passed over."""
    assert "version" in faults_of(tmp_path, 'versoin = "1.0.0"\n' + GOOD)["versoin"]


def test_a_page_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    """Launch and start name files of the product."""
    assert faults_of(tmp_path, GOOD.replace("index.html", "gone.html")) == {
        "part[0].start": "a file that is in the product"
    }


@pytest.mark.parametrize("path", ["../launch.html", "/etc/hostname", "inner/../../launch.html"])
def test_a_page_outside_the_product_is_a_fault(tmp_path: Path, path: str) -> None:
    """A file that is there, but not in the product's folder, is no page of it."""
    (tmp_path / "launch.html").write_text("<!doctype html>")
    product = tmp_path / "product"
    (product / "inner").mkdir(parents=True)
    faults = faults_of(product, GOOD.replace('"launch.html"', f'"{path}"'))
    assert faults == {"part[0].launch": "a path inside the product's folder"}


def test_a_product_without_parts_is_refused(tmp_path: Path) -> None:
    """There is one part at the least."""
    assert "part" in faults_of(tmp_path, GOOD.partition("[[part]]")[0])


@pytest.mark.parametrize("content", [b"id = ", b"\xff\xfe"])
def test_what_is_no_toml_says_so(tmp_path: Path, content: bytes) -> None:
    """A file that is not TOML, or no UTF-8, is told as such."""
    (tmp_path / "tabard.toml").write_bytes(content)
    with pytest.raises(BadManifest, match="not TOML"):
        read_manifest(tmp_path)


def test_a_missing_manifest_says_so(tmp_path: Path) -> None:
    """A folder without `tabard.toml` is no product."""
    with pytest.raises(BadManifest, match=r"tabard\.toml"):
        read_manifest(tmp_path)


def test_what_accreditation_asks_for_is_read() -> None:
    """Licence, intended use, safety officer and components come back as they stand, and nothing is owed."""
    read = made.manifest()
    assert (read.licence, read.hazards) == ("Apache-2.0", "hazards.toml")
    assert read.safety_officer == SafetyOfficer("Dr Pat Doe", "GMC", "9999999")
    (component,) = read.components
    assert component.purl == "pkg:npm/fhirclient@2.6.3"
    assert component.files == ("vendor/fhir-client.js",)
    assert owed(read) == ()


def test_what_is_owed_is_told(tmp_path: Path) -> None:
    """A product on trial may leave it unsaid, and hears what accreditation will ask for."""
    manifest = read_manifest(a_product(tmp_path, GOOD))
    assert [fault.where for fault in owed(manifest)] == ["summary", "licence", "intended_use", "safety_officer"]


@pytest.mark.parametrize(
    ("was", "becomes", "where"),
    [
        ('"Apache-2.0"\nintended', '"The usual one"\nintended', "licence"),
        ('"Apache-2.0"\nintended', '"(MIT OR Apache-2.0"\nintended', "licence"),
        ('"Apache-2.0"\nintended', '"Apache-2.0"\nhazards = "gone.toml"\nintended', "hazards"),
        ('register = "GMC"\n', "", "safety_officer.register"),
        ("[safety_officer]", "[safety_officer]\nage = 7", "safety_officer.age"),
        ("fhirclient@2.6.3", "fhirclient@2.6.4", "component[0].purl"),
        ('"pkg:npm/fhirclient@2.6.3"', '"https://somewhere"', "component[0].purl"),
        ('["vendor/fhir-client.js"]', "[]", "component[0].files"),
        ('["vendor/fhir-client.js"]', '["vendor/gone.js"]', "component[0].files[0]"),
        ('"Tiny"\nversion', '"Ti\\u202eny"\nversion', "name"),
        ('"1.2.0"', '"1.2.٣"', "version"),
        ('["launch", "patient/Patient.rs"]', '["launch", "launch"]', "part[0].scopes[1]"),
        ('"patient/Patient.rs"]', '"patient/Patient.rs"]\nallows = ["everything"]', "part[0].allows[0]"),
    ],
)
def test_a_fault_is_told_at_its_key(was: str, becomes: str, where: str) -> None:
    """Each key has its own check, and the fault names it, what was expected and what stands there."""
    assert was in made.MANIFEST
    with pytest.raises(BadManifest) as caught:
        made.manifest(made.MANIFEST.replace(was, becomes))
    assert where in [fault.where for fault in caught.value.faults]


def test_a_file_of_two_components_is_a_fault() -> None:
    """Whose licence a file has must be one."""
    twice = made.MANIFEST + made.MANIFEST[made.MANIFEST.index("[[component]]") :].replace("fhirclient", "other")
    with pytest.raises(BadManifest) as caught:
        made.manifest(twice)
    assert [fault.where for fault in caught.value.faults] == ["component[1].files"]


@pytest.mark.parametrize(
    "content", ["[" * 100_000, "a = 1\n" * 50_000 + "b" * 300_000, "a" + ".a" * 999 + " = 1", "a = " + "9" * 9999]
)
def test_a_manifest_beyond_measure_is_refused(content: str) -> None:
    """Neither depth nor length brings the reader down."""
    with pytest.raises(BadManifest, match="the manifest is not TOML"):
        made.manifest(content)


def test_an_error_s_words_stay_readable_however_many_faults() -> None:
    """A file of strangers can hold thousands; all are kept, a hundred are told."""
    with pytest.raises(BadManifest, match="and 7100 more") as caught:
        made.manifest(made.MANIFEST + "\n[[component]]" * 1200)
    assert len(caught.value.faults) == 7200
    assert len(caught.value.message) < 10_000
