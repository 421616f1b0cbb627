"""How both voices write HL7 v2: escaped text and local time."""

from datetime import datetime
from zoneinfo import ZoneInfo

_LOCAL = ZoneInfo("Europe/London")
_ESCAPES = str.maketrans({"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\"})


def text(plain: str) -> str:
    r"""Escaped for ER7: `&` becomes `\T\`. Source: HL7 2.4, 2.10."""
    return plain.translate(_ESCAPES)


def local_time(moment: datetime) -> str:
    """The hospital's wall clock to the second, without an offset, as both systems send it."""
    return f"{moment.astimezone(_LOCAL):%Y%m%d%H%M%S}"
