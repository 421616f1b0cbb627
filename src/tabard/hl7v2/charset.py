"""Charsets: which codec MSH-18 names, and bytes to text without guessing.

Source: HL7 table 0211 (alternate character sets). An empty MSH-18 means UTF-8 here, or what the caller knows of the
sender. ASCII is read as UTF-8, which holds it: whatever else a sender of "ASCII" slips in is read only when it is whole
UTF-8, and is refused otherwise. The sets of several bytes a character other than UTF-8 are not known: in some of them
the second byte may be `|`.
"""

from functools import lru_cache

from tabard.hl7v2.errors import Unreadable

UTF_8 = "utf-8"

_IR = {100: 1, 101: 2, 109: 3, 110: 4, 144: 5, 127: 6, 126: 7, 138: 8, 148: 9, 203: 15}
"""The register numbers of ISO 2375 under which DICOM, and who writes both, names the parts of ISO 8859."""

_CODECS = (
    dict.fromkeys(("ASCII", "USASCII", "IR6", "646", "UNICODE", "UNICODEUTF8", "UTF8"), UTF_8)
    | {f"8859{part}": f"iso8859-{part}" for part in (*range(1, 12), *range(13, 17))}
    | {f"IR{register}": f"iso8859-{part}" for register, part in _IR.items()}
    | {f"{name}{page}": f"cp{page}" for name in ("WINDOWS", "WIN", "CP") for page in range(1250, 1259)}
    | {"LATIN1": "iso8859-1"}
)
_NOTHING = ("", '""')
_MARKS = str.maketrans("", "", " \t_-/")


@lru_cache(maxsize=256)
def codec_of(declared: str, assumed: str = "") -> str:
    """The Python codec for MSH-18's first repetition; where that is empty, for what is `assumed` of the sender.

    Blanks, capitals and the marks between the parts of a name do not count. Unknown names give "ascii": such a message
    is read only when nothing can differ.
    """
    name = declared.strip() if declared.strip() not in _NOTHING else assumed
    plain = name.upper().translate(_MARKS)
    return UTF_8 if plain in _NOTHING else _CODECS.get(plain.removeprefix("ISO"), "ascii")


def is_charset(name: str) -> bool:
    """Whether `name` is a character set that is known here, as MSH-18 or a dialect may name it."""
    return bool(name.strip()) and codec_of(name) != "ascii"


def decode(raw: bytes, codec: str) -> str:
    """The text of `raw`. Raises Unreadable, which names the byte and never shows it."""
    try:
        return raw.decode(codec)
    except UnicodeDecodeError as failure:
        place = f"byte {failure.start + 1}"
    # Outside the handler on purpose: UnicodeDecodeError carries the whole message, which must not travel with ours.
    raise Unreadable(
        "A character cannot be read in the character set that MSH-18 declares.",
        where=place,
        expected="ASCII only, since MSH-18 names a character set not known here" if codec == "ascii" else codec.upper(),
        got="a byte that is not part of it",
        remedy="Have the sender declare in MSH-18 what it sends, such as UNICODE UTF-8 or 8859/1.",
    )
