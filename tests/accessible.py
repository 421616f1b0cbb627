"""What axe-core finds on a page that a browser shows, by the rules that the house holds its pages to."""

from pathlib import Path

from playwright.sync_api import Page

_AXE = Path(__file__).resolve().parent.parent / "src/tabard/accreditation/vendor/axe.min.js"
WIDE, NARROW = 1280, 400

_FAULTS = """async () => (await axe.run({
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    resultTypes: ["violations"],
    preload: false,
})).violations.flatMap(one => one.nodes.map(node => `${one.id}: ${node.target} ${node.html.slice(0, 120)}`))"""
"""Of what passes nothing is told but that it does, and no style sheet is fetched a second time: half the time of a page."""


def faults(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands: the rule, and the element."""
    if not _AXE.is_file():
        raise FileNotFoundError("axe-core is not here. Remedy: python scripts/build_assets.py")
    page.wait_for_load_state("load")  # before its styles have come, a page is measured as nobody sees it
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    return [str(one) for one in page.evaluate(_FAULTS)]


def is_too_wide(page: Page) -> bool:
    """Whether it has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def must_be_accessible(page: Page, *widths: int) -> None:
    """No fault, and nothing wider than the screen, at each width; as wide as it is where none is named."""
    for width in widths or (None,):
        if width is not None:
            page.set_viewport_size({"width": width, "height": 800})
        assert not is_too_wide(page), f"{page.url} is wider than {width}"
        assert faults(page) == [], f"{page.url} at {width}"
