"""CSS as the policy of a page sees it: what it would have the browser load."""

import re
from collections.abc import Iterator

from tabard.accreditation.contents.references import Means, Reference, lines_of

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_URL = re.compile(r"""url\(\s{0,20}(?:"([^"\n]{0,100000})"|'([^'\n]{0,100000})'|([^\s"')]{0,100000}))""", re.IGNORECASE)
_IMPORT = re.compile(r"""@import\s{1,20}["']([^"'\n]{0,2000})["']""", re.IGNORECASE)
_SET = re.compile(r"""image-set\(([^;}]{0,4000})""", re.IGNORECASE)
_QUOTED = re.compile(r"""["']([^"'\n]{1,2000})["']""")
_FONT = re.compile(r"@font-face\s{0,20}\{[^}]{0,4000}$", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")


def style_references(text: str) -> Iterator[Reference]:
    """What a style sheet, or a `style` attribute, loads."""
    bare = _ESCAPE.sub(_character, _COMMENT.sub(_blank, text))
    line = lines_of(bare)
    for found in _URL.finditer(bare):
        to = found[1] or found[2] or found[3] or ""
        is_font = _FONT.search(bare[max(0, found.start() - 4000) : found.start()])
        yield Reference(line(found.start()), Means.load if is_font else Means.image, to, "url()")
    for found in _IMPORT.finditer(bare):
        yield Reference(line(found.start()), Means.load, found[1], "@import")
    for outer in _SET.finditer(bare):
        for found in _QUOTED.finditer(outer[1]):
            if not found[1].startswith("image/"):
                yield Reference(line(outer.start()), Means.image, found[1], "image-set()")


def _character(found: re.Match[str]) -> str:
    """An escaped character; a number that is none stays as it is."""
    try:
        return chr(int(found[1], 16))
    except ValueError:
        return found[0]


def _blank(found: re.Match[str]) -> str:
    """A comment's line ends, so that lines keep their numbers."""
    return "\n" * found[0].count("\n")
