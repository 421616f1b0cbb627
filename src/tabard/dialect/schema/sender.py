"""The sender in a dialect: whose messages belong on this feed, which are kept out, and what cannot be filed."""

from typing import Annotated

import msgspec
from msgspec import Meta

from tabard.dialect.schema.base import ComponentNumber, Table

ValuePlace = Annotated[
    str,
    Meta(
        pattern=r"^[A-Z][A-Z0-9]{2}-[1-9][0-9]?(\.[1-9][0-9]?){0,2}$",
        description='a field, component or subcomponent such as "PV1-3.4"',
    ),
]
"""A field, component or subcomponent by its place, such as "PV1-3.4"; of a field its first component is meant."""

EventName = Annotated[
    str,
    Meta(pattern=r"^[A-Z]{3}(\^[A-Z][A-Z0-9]{2})?$", description='a message code and trigger such as "ADT^A01"'),
]
"""A message by MSH-9, such as "ADT^A01"."""


class Among(Table, frozen=True):
    """Which repetitions of a field count."""

    component: ComponentNumber
    """The component that tells."""
    pattern: str
    """A pattern: its whole shape in the repetitions that count."""


class KeepOut(Table, frozen=True):
    """A message is kept out when the place, in any repetition, has the whole shape of `pattern`."""

    place: ValuePlace
    """The field, component or subcomponent that is looked at, such as `PV1-3.4`."""
    pattern: str
    """A pattern: the whole shape of the value."""
    reason: str
    """What is said to whoever looks at the message."""
    among: Among | None = None
    """Which repetitions count; without this, all."""


class Refusal(Table, frozen=True):
    """A message is refused when a value has the shape of `pattern`; without a pattern, when there is no value at all."""

    place: ValuePlace
    """The field, component or subcomponent that is looked at."""
    reason: str
    """Why such a message cannot be filed."""
    remedy: str
    """What puts it right."""
    pattern: str | None = None
    """A pattern: the whole shape of a value that is refused; it sees blank ones too."""
    most: Annotated[int, Meta(ge=1)] | None = None
    """Refuse more values than this, in place of looking at what they are."""
    unless: ValuePlace | None = None
    """Another place: where it holds a value, nothing is refused."""
    events: tuple[EventName, ...] = ()
    """The messages that it holds for; without any, all."""
    among: Among | None = None
    """Which repetitions count; without this, all."""


class Sender(Table, frozen=True):
    """Whose messages belong on this feed. What does not belong is parked with its reason, and never filed."""

    applications: tuple[str, ...] = ()
    """MSH-3 of those that belong; without any, all do."""
    facilities: tuple[str, ...] = ()
    """MSH-4 of those that belong; without any, all do."""
    allows_test: bool = False
    """Whether messages of a test or training system (MSH-11 of T or D) may be filed."""
    charset: str | None = None
    """The character set where MSH-18 is empty, as MSH-18 would say it."""
    kept_out: dict[str, KeepOut] = msgspec.field(default_factory=dict)
    """Another hospital's patients on the same feed, a rule a name."""
    refusals: dict[str, Refusal] = msgspec.field(default_factory=dict)
    """What cannot be filed as it stands, a rule a name."""
