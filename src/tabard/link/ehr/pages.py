"""What passing through answers with: pages with a word to the reader, and where the next one begins."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from tabard.ground.errors import CallerError
from tabard.record import Stored


class PassedPage(NamedTuple):
    """A page of a search that was asked of the EHR. `notices` are sentences for the reader; how many there are is never known."""

    matches: Sequence[Stored]
    next: str | None
    notices: Sequence[str] = ()
    included: Sequence[Stored] = ()
    total: int | None = None


class Continued(msgspec.Struct, frozen=True, array_like=True):
    """Where the next page begins: of which patient under both ids; the EHR's own link, or the last one given in order."""

    patient: str
    theirs: str
    link: str = ""
    after: tuple[int, str] | None = None


def written(place: Continued) -> str:
    """The place as text. It holds the EHR's ids: whoever gives it out seals it first."""
    return msgspec.json.encode(place).decode()


def read(text: str) -> Continued:
    """The place in `text`. Raises CallerError."""
    try:
        return msgspec.json.decode(text, type=Continued)
    except (ValueError, RecursionError) as fault:
        raise CallerError("This paging link is not one of ours.", remedy="Search again from the first page.") from fault


WITHHELD = "Something that the record system answered is not, or not only, about this patient and was withheld. What is shown is not all: look in the record system itself."
PARTIAL = "The record system left out results that it could not show. What is shown is not all: look in the record system itself."
KEPT = "This is as the record system told it {} seconds ago."
