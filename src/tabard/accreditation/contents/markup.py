"""HTML and SVG as the policy of a page sees them: what is loaded, and which scripts and styles stand in the page itself.

Source: HTML Living Standard, 4 (elements that fetch); W3C Content Security Policy Level 3, 8.3 (inline).
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from tabard.accreditation.contents.references import Means, Reference
from tabard.accreditation.contents.styles import style_references

_LOADS = frozenset({"src", "data", "action", "formaction", "background", "poster", "manifest", "codebase", "archive"})
_IMAGES = frozenset({"img", "image", "video", "input", "body", "picture"})
_NO_LOAD = frozenset({"canonical", "license", "author", "help", "alternate", "next", "prev", "search", "bookmark"})
_LINKING = frozenset({"link", "base", "use", "image", "feimage", "script", "mpath", "pattern", "filter"})
_DATA = re.compile(
    r"(application|text)/([a-z0-9.-]+\+)?json|text/(plain|template|x-[a-z-]+template)|application/ld\+json"
)
_REFRESH = re.compile(r"^[\s\d.]*[;,]?\s*(?:url\s*=\s*)?['\"]?([^'\"]+)", re.IGNORECASE)


def markup_references(text: str) -> tuple[Reference, ...]:
    """All that matters in one HTML or SVG text."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return tuple(reader.found)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Reference] = []
        self._styled_at: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        told = {name: value or "" for name, value in reversed(attrs)}
        for reference in (*_elements(tag, told), *_attributes(tag, told)):
            means, to, said = reference
            self.found.append(Reference(line, means, to.strip(), said))
        if tag == "style":
            self._styled_at = line

    def handle_data(self, data: str) -> None:
        if self._styled_at is not None:
            first = self._styled_at - 1
            self.found += [Reference(first + one.line, one.means, one.to, one.said) for one in style_references(data)]

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._styled_at = None


_Told = tuple[Means, str, str]


def _elements(tag: str, told: dict[str, str]) -> Iterator[_Told]:
    """What an element is by itself."""
    if (
        tag == "script"
        and not ({"src", "href", "xlink:href"} & told.keys())
        and not _DATA.fullmatch(told.get("type", "").lower())
    ):
        yield Means.script, "", "a script in the page itself"
    if tag == "style":
        yield Means.style, "", "a style in the page itself"
    if tag in ("iframe", "frame", "object", "embed"):
        yield Means.frame, told.get("src") or told.get("data", ""), f"<{tag}>"
    if tag == "meta" and told.get("http-equiv", "").lower() == "refresh":
        found = _REFRESH.match(told.get("content", ""))
        if found and not found[1].strip().isdigit():
            yield Means.load, found[1], "a refresh to another page"


def _attributes(tag: str, told: dict[str, str]) -> Iterator[_Told]:
    """What its attributes load, run or style."""
    means = Means.image if tag in _IMAGES else Means.load
    for name, value in told.items():
        said = f"<{tag} {name}>"
        if name.startswith("on"):
            yield Means.script, "", said
        elif name == "style":
            yield Means.style, "", said
            yield from ((one.means, one.to, said) for one in style_references(value))
        elif _is_script(value) and name in _LOADS | {"href", "xlink:href"}:
            yield Means.script, "", said
        elif name in ("srcset", "imagesrcset"):
            yield from ((Means.image, one.split()[0], said) for one in value.split(",") if one.split())
        elif name in ("href", "xlink:href") and tag in _LINKING and not _is_quiet_link(tag, told):
            yield (
                (Means.image if tag in ("image", "feimage") or "icon" in told.get("rel", "") else Means.load),
                value,
                said,
            )
        elif name in _LOADS and tag not in ("iframe", "frame", "object", "embed"):
            yield means, value, said
        elif name == "srcdoc":
            yield Means.frame, "", said


def _is_script(value: str) -> bool:
    return re.sub(r"[\x00-\x20]", "", value).lower().startswith("javascript:")


def _is_quiet_link(tag: str, told: dict[str, str]) -> bool:
    """A link that only says something of the page."""
    words = set(told.get("rel", "").lower().split())
    return tag == "link" and bool(words) and words <= _NO_LOAD
