"""The sender in a dialect: whose messages belong on this feed, and which are kept out."""

from typing import Annotated

from msgspec import Meta

from tabard.dialect.schema.base import Table

ValuePlace = Annotated[str, Meta(pattern=r"^[A-Z][A-Z0-9]{2}-[1-9][0-9]?(\.[1-9][0-9]?)?(\.[1-9][0-9]?)?$")]
"""A field, component or subcomponent by its place, such as "PV1-3.4"."""


class KeepOut(Table, frozen=True):
    """Messages that are no business of this hospital's: another trust's patients on the same feed.

    A message is kept out when any repetition of the place has the whole shape of `pattern`.
    """

    place: ValuePlace
    """The field, component or subcomponent that is looked at, such as "PV1-3.4"."""
    pattern: str
    """A pattern: the whole shape of the value."""
    reason: str
    """What is said to whoever looks at the message; no patient's data."""


class Refusal(Table, frozen=True):
    """Messages that must not be filed as they stand, and what to do about them."""

    place: ValuePlace
    """The field, component or subcomponent that is looked at."""
    reason: str
    """Why such a message cannot be filed; no patient's data."""
    remedy: str
    """What puts it right."""
    pattern: str | None = None
    """A pattern: the whole shape of a value that is refused; without it, the value must not be empty."""
    events: tuple[str, ...] = ()
    """The triggers it holds for, such as `"ADT^A44"`; without any, all."""
    most: int | None = None
    """The most repetitions that the place may have."""


class Sender(Table, frozen=True):
    """Whose messages belong on this feed. What does not belong is parked, with its reason, and never filed."""

    applications: tuple[str, ...] = ()
    """MSH-3 of those that belong; without any, all do."""
    facilities: tuple[str, ...] = ()
    """MSH-4 of those that belong; without any, all do."""
    allows_test: bool = True
    """Whether messages of a test or training system (MSH-11 of T or D) may be filed."""
    charset: str | None = None
    """The character set where MSH-18 is empty, as MSH-18 would say it."""
    kept_out: tuple[KeepOut, ...] = ()
    """Another hospital's patients on the same feed."""
    refusals: tuple[Refusal, ...] = ()
    """What cannot be filed as it stands."""
