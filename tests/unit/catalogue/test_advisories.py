"""Advisories in the catalogue: signed with all else, fetched when asked for, carried on a stick, and no product's entry."""

from pathlib import Path

import pytest

from tabard.catalogue import LARGEST_ADVISORIES_BYTES, Channel, Client, NotPublished, Untrusted, export, roles
from tabard.catalogue.model import need_product
from tabard.cli.product_by import GoneBy, Sources
from tabard.product import Package
from unit.accreditation.tiny import tiny
from unit.catalogue.centre import Centre


def site(centre: Centre, folder: Path, source: Path | None = None, channel: Channel = Channel.live) -> Client:
    return Client(folder, str(source or centre.public), centre.publishing.root(), centre.clock, channel=channel)


def test_a_set_comes_through_as_it_was_published(centre: Centre, tmp_path: Path) -> None:
    """None before the first; a newer one in the place of an older; the same one again changes nothing."""
    assert site(centre, tmp_path / "a").advisories() is None
    assert centre.publishing.publish_advisories(b"one")
    assert not centre.publishing.publish_advisories(b"one")
    assert centre.publishing.publish_advisories(b"two")
    assert site(centre, tmp_path / "b").advisories() == centre.publishing.advisories() == b"two"


def test_a_stick_carries_it(centre: Centre, tmp_path: Path) -> None:
    """A hospital without a network looks components up too."""
    centre.publishing.publish_advisories(b"one")
    export(str(centre.public), centre.publishing.root(), tmp_path / "stick", Channel.airgap, clock=centre.clock)
    client = site(centre, tmp_path / "site", tmp_path / "stick", Channel.airgap)
    assert client.advisories() == b"one"


def test_another_file_in_its_place_is_not_believed(centre: Centre, tmp_path: Path) -> None:
    """Whoever may write the files may not write what the catalogue signs."""
    centre.publishing.publish_advisories(b"one")
    (file,) = (centre.public / "targets/products").glob("*._advisories.json")
    file.write_bytes(b"two")
    with pytest.raises(Untrusted):
        site(centre, tmp_path / "site").advisories()


def test_it_is_no_product_and_has_a_bound(centre: Centre) -> None:
    """No product's id can lead to it, and nobody is sent more than anybody reads."""
    with pytest.raises(NotPublished):
        need_product("_advisories")
    assert roles.entry_path("_advisories") == roles.ADVISORIES
    with pytest.raises(NotPublished, match="too large"):
        centre.publishing.publish_advisories(b"x" * (LARGEST_ADVISORIES_BYTES + 1))


def test_a_check_is_held_against_the_newest_older_version_that_is_listed(centre: Centre, tmp_path: Path) -> None:
    """As the store holds it; a product that is not listed has none before it."""
    raw = {
        version: tiny(manifest={'version = "1.0.0"': f'version = "{version}"'}).raw for version in ("0.9.0", "0.10.0")
    }
    listed = [centre.listed(version, content) for version, content in raw.items()]
    for content in raw.values():
        centre.publishing.keep_package(content)
    centre.publishing.publish(centre.entry(*listed[::-1]))
    by = GoneBy(Sources(), site(centre, tmp_path / "site"))
    assert _version(by.before(_named("ward-board", "1.0.0"))) == "0.10.0"
    assert _version(by.before(_named("ward-board", "0.10.0"))) == "0.9.0"
    assert by.before(_named("ward-board", "0.9.0")) is None
    assert by.before(_named("another", "1.0.0")) is None


def _named(product: str, version: str) -> Package:
    return tiny(
        {"hazards.toml": "x", "safety/case.toml": "x"},
        {'id = "tiny"': f'id = "{product}"', 'version = "1.0.0"': f'version = "{version}"'},
    )


def _version(package: Package | None) -> str:
    return "" if package is None else package.manifest.version
