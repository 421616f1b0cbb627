"""Delimiters: the five or six characters that MSH-1 and MSH-2 declare for the rest of the message.

Source: HL7 v2.5.1, 2.5.4 "Message delimiters"; the sixth (truncation) from HL7 v2.7, 2.5.5.2.
"""

import string
from functools import lru_cache

import msgspec

from tabard.hl7v2.errors import Unreadable

_ALLOWED = frozenset(string.punctuation.encode()) - frozenset(b'".+-')
"""`"` would make the null `""` unreadable; `.`, `+` and `-` stand inside escape sequences such as `\\.sp+2\\`."""

_ROLES_OUT_OF_ORDER = b"^&~\\"
"""Written by senders who list the usual characters in the order of the standard's table, not of MSH-2.

HL7's own examples and the ITK v2 pack both print it, and still repeat with `~` and escape with `\\`; read by position,
the two numbers of a patient would melt into one.
"""

_LONGEST_DECLARATION_BYTES = 7
"""MSH-1, an MSH-2 of five characters, and the separator after it."""


class Delimiters(msgspec.Struct, frozen=True):
    """The characters that part fields, components, repetitions and subcomponents, and the one that escapes them."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str | None = None

    @property
    def encoding_characters(self) -> str:
        """MSH-2, in the standard's order."""
        return self.component + self.repetition + self.escape + self.subcomponent + (self.truncation or "")


STANDARD = Delimiters()
"""The delimiters that the standard recommends."""


def read_delimiters(message: bytes) -> Delimiters:
    """What MSH-1 and MSH-2 of `message` declare. Raises Unreadable when MSH does not come first or declares nonsense."""
    if message[:3] != b"MSH":
        raise Unreadable(
            "The message does not begin with its header.",
            where="segment 1",
            expected="MSH and its delimiters, as in MSH|^~\\&|",
            got=f"{message[:3]!r}",
            remedy="Ask the sender for messages that begin with MSH; nothing may stand before it.",
        )
    return _declared(message[3 : 3 + _LONGEST_DECLARATION_BYTES])


@lru_cache(maxsize=256)
def _declared(declaration: bytes) -> Delimiters:
    separator, rest = declaration[:1], declaration[1:]
    characters, closed, _ = rest.partition(separator) if separator else (b"", b"", b"")
    distinct = {*separator, *characters}
    if not closed or len(characters) not in {4, 5} or len(distinct) != 1 + len(characters) or not distinct <= _ALLOWED:
        raise Unreadable(
            "The delimiters cannot be used.",
            where="MSH-1 and MSH-2",
            expected="one separator, then four or five other punctuation marks, all different, as in |^~\\&|",
            got=f"{b'MSH' + declaration!r}",
            remedy="Have the sender's MSH-1 and MSH-2 set to the standard's |^~\\&",
        )
    return _by_role(separator.decode(), characters)


def _by_role(field: str, characters: bytes) -> Delimiters:
    if characters == _ROLES_OUT_OF_ORDER:
        return Delimiters(field)
    return Delimiters(field, *characters.decode())
