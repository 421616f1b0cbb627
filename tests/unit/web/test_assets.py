"""Third-party browser assets: locked by hash, built without what is licensed or fetched from outside."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
VENDOR = ROOT / "src/tabard/web/design/assets/vendor"


def test_the_lock_has_hashes_and_no_registry_address() -> None:
    """Every package has its integrity, and none an address that it must come from."""
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: told for name, told in lock["packages"].items() if name}
    assert packages
    assert [name for name, told in packages.items() if "resolved" in told] == []
    assert [name for name, told in packages.items() if not told["integrity"].startswith("sha512-")] == []


def test_the_built_styles_fetch_nothing_from_outside() -> None:
    """No licensed font, no foreign address, and every image that they name is there."""
    built = VENDOR / "nhsuk.css"
    if not built.is_file():
        pytest.fail("the styles are not built. Remedy: python scripts/build_assets.py")
    styles = built.read_text()
    assert re.search(r"frutiger|@font-face|https?:", styles, re.IGNORECASE) is None
    named = re.findall(r'url\("([^"]+)"\)', styles)
    assert [name for name in named if not (VENDOR / name).is_file()] == []


def test_no_page_holds_a_script_or_style_of_its_own() -> None:
    """The policy would forbid them: templates name files only."""
    for template in (ROOT / "src/tabard/web/hospital/templates").glob("*.html"):
        text = template.read_text()
        assert re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", text) is None, template.name
