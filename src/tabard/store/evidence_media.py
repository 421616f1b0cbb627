"""Of what kind bytes are, told from the bytes alone: nobody's word for it is asked, and nothing of them is opened or unpacked."""

from typing import NamedTuple
from unicodedata import category

import msgspec

_ZIP = b"PK\x03\x04"
_OFFICE = ((b"word/document.xml", "docx"), (b"xl/workbook.xml", "xlsx"))
_BEGINNINGS = ((b"%PDF-", "pdf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"))
_MARK = "\ufeff"
_PLAIN = frozenset("\t\n\r\f")
_FEWEST_CELLS, _FEWEST_LINES, _MOST_LINES = 2, 2, 200
_OFFICE_TYPE = "application/vnd.openxmlformats-officedocument"


class Media(NamedTuple):
    """A media type, and how the name of such a file ends."""

    type: str
    ending: str


MEDIA = {
    one.ending: one
    for one in (
        Media("application/pdf", "pdf"),
        Media("image/png", "png"),
        Media("image/jpeg", "jpg"),
        Media("application/json", "json"),
        Media("text/csv; charset=utf-8", "csv"),
        Media("text/plain; charset=utf-8", "txt"),
        Media(f"{_OFFICE_TYPE}.wordprocessingml.document", "docx"),
        Media(f"{_OFFICE_TYPE}.spreadsheetml.sheet", "xlsx"),
        Media("application/zip", "zip"),
    )
}
"""All that is taken, by its ending."""


def media_of(raw: bytes) -> Media | None:
    """The kind of these bytes; None for what is not taken. Markup and scripts are plain text here, and are handed out as such."""
    for begins, ending in _BEGINNINGS:
        if raw.startswith(begins):
            return MEDIA[ending]
    if raw.startswith(_ZIP):
        return MEDIA[next((ending for name, ending in _OFFICE if name in raw), "zip")]
    text = _text(raw)
    return None if text is None else MEDIA[_kind_of(text)]


def _text(raw: bytes) -> str | None:
    """The text, where it is one in UTF-8 without marks that steer a machine."""
    try:
        text = raw.decode("utf-8").removeprefix(_MARK)
    except UnicodeDecodeError:
        return None
    steers = (one for one in set(text) - _PLAIN if category(one) == "Cc")
    return None if next(steers, None) or not text.strip() else text


def _kind_of(text: str) -> str:
    if text.lstrip()[:1] in ("{", "["):
        try:
            msgspec.json.decode(text, type=msgspec.Raw)  # looked over, and nothing of it is built
        except (msgspec.DecodeError, RecursionError):
            return "txt"
        return "json"
    lines = [one for one in text.split("\n", _MOST_LINES)[:_MOST_LINES] if one.strip()]
    cells = {one.count(",") + 1 for one in lines}
    return "csv" if len(lines) >= _FEWEST_LINES and len(cells) == 1 and min(cells) >= _FEWEST_CELLS else "txt"
