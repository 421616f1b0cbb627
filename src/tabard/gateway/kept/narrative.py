"""Narrative: the XHTML of `text.div` may be shown by others, so nothing that runs or calls out is kept. Pure.

Source: FHIR R4 2.4.0 (narrative; txt-1: basic HTML formatting alone, no script, no active content, no outside reference).
"""

from html.parser import HTMLParser
from typing import Any

from tabard.fhir import Resource
from tabard.gateway.errors import Refused

_TAGS = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "big",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "q",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "tt",
        "ul",
        "var",
    ]
)
_ATTRIBUTES = frozenset(
    [
        "abbr",
        "align",
        "alt",
        "border",
        "cellpadding",
        "cellspacing",
        "char",
        "charoff",
        "charset",
        "class",
        "colspan",
        "dir",
        "headers",
        "height",
        "href",
        "hreflang",
        "id",
        "lang",
        "longdesc",
        "name",
        "rel",
        "rev",
        "rowspan",
        "rules",
        "scope",
        "span",
        "src",
        "start",
        "summary",
        "tabindex",
        "title",
        "type",
        "valign",
        "value",
        "width",
        "xml:lang",
        "xmlns",
    ]
)
_CALLING = frozenset({"href", "src", "longdesc"})


class _Check(HTMLParser):
    """Remembers the first thing that may not stand in a narrative."""

    def __init__(self) -> None:
        super().__init__()
        self.fault: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One opening tag with its attributes."""
        names = {name for name, _ in attrs}
        called = [value or "" for name, value in attrs if name in _CALLING]
        if tag not in _TAGS or not names <= _ATTRIBUTES or not all(one.startswith("#") for one in called):
            self.fault = "other elements, attributes or addresses"

    def handle_decl(self, decl: str) -> None:
        """A declaration."""
        del decl
        self.fault = "a declaration"

    def handle_pi(self, data: str) -> None:
        """A processing instruction."""
        del data
        self.fault = "an instruction"

    def unknown_decl(self, data: str) -> None:
        """CDATA and the like."""
        del data
        self.fault = "a declaration"


def check_narrative(resource: Resource, kind: str) -> None:
    """Raises Refused where the narrative of the resource, or of one in it, is more than basic formatting."""
    for where, one in ((kind, resource), *((f"{kind}.contained", each) for each in resource.get("contained", ()))):
        if "text" in one and not _is_basic(one["text"]):
            raise Refused(
                422, "invalid", "narrative", "This narrative cannot be kept.", where=f"{where}.text.div",
                expected="one XHTML div of basic formatting, without scripts, styles and outside addresses",
                remedy="Leave the rest out, or leave text out.",
            )  # fmt: skip


def _is_basic(text: Any) -> bool:
    div = text.get("div") if isinstance(text, dict) else None
    if not isinstance(div, str) or not div.lstrip().startswith("<div"):
        return False
    check = _Check()
    check.feed(div)
    check.close()
    return check.fault is None and not check.rawdata
