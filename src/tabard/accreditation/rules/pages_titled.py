"""Every page says in its own text what it is called and in which language it is written.

Source: WCAG 2.2, 2.4.2 (page titled) and 3.1.1 (language of page).
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from tabard.accreditation.contents.kinds import PAGES, texts
from tabard.accreditation.found import failed, not_applicable, passed, sha256
from tabard.accreditation.model import Family, Found, Subject

FAMILY = Family.accessibility
CRITERIA = ("wcag-2.2/2.4.2", "wcag-2.2/3.1.1")

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_EMPTY = re.compile(r"(?:untitled|document|title|page|index|new page|\W*)", re.IGNORECASE)


def check(subject: Subject) -> Iterator[Found]:
    """Read each page's head."""
    package = subject.package
    pages = texts(package, PAGES)
    if not pages:
        yield not_applicable("package", "the product has no page", package.sha256)
    for name, text in pages.items():
        head = _Head()
        head.feed(text)
        head.close()
        looked_at = sha256(package.files[name])
        wrong = [*_wrong_with(head)]
        for expected, got, remedy in wrong:
            yield failed(name, expected, got, remedy, looked_at)
        if not wrong:
            yield passed(name, f"“{head.title.strip()}”, in {head.language}", looked_at)


def _wrong_with(head: "_Head") -> Iterator[tuple[str, str, str]]:
    if not _LANGUAGE.fullmatch(head.language):
        yield "a language, such as en-GB", head.language or "none", 'say it: <html lang="en-GB">'
    if _EMPTY.fullmatch(head.title.strip()):
        yield "a title that says which page this is", head.title.strip() or "none", "say it: <title>...</title>"


class _Head(HTMLParser):
    """The language of the page and its first title."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.language, self.title = "", ""
        self._is_title = False
        self._titles = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html" and not self.language:
            self.language = (dict(attrs).get("lang") or "").strip()
        if tag == "title":
            self._titles += 1
            self._is_title = self._titles == 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._is_title = False

    def handle_data(self, data: str) -> None:
        if self._is_title:
            self.title += data
