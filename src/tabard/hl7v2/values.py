"""Values of a message: fields, their repetitions, components and subcomponents, each parted only when asked for.

Absent and null differ: an absent value leaves what the receiver holds, a null one (`""`) empties it.
Their `repr` tells lengths and never content, so that no log or trace shows a patient.
Source: HL7 v2.5.1, 2.5.3 "Fields" and 2.10 "Message construction rules".
"""

import msgspec

from tabard.hl7v2.escapes import NULL, Syntax, unescape


class Value(msgspec.Struct, frozen=True, gc=False):
    """A piece of a message as it was sent. `raw` is its text with delimiters and escapes."""

    # gc=False: no value can be part of a circle, and hundreds of them are made and dropped a message.

    raw: str
    syntax: Syntax

    @property
    def is_null(self) -> bool:
        """Whether it is exactly `""`: the sender says that the old value is to be emptied."""
        return self.raw == NULL

    @property
    def is_absent(self) -> bool:
        """Whether nothing was sent here (delimiters alone are nothing): the old value stays."""
        marks = self.syntax.delimiters
        return not self.raw or not self.raw.strip(marks.repetition + marks.component + marks.subcomponent)

    @property
    def text(self) -> str:
        """The first subcomponent of the first component of the first repetition, unescaped; "" when absent or null."""
        if self.raw.isalnum():  # the common case: letters and digits are never delimiters
            return self.raw
        marks = self.syntax.delimiters
        first = self.raw.split(marks.repetition, 1)[0].split(marks.component, 1)[0].split(marks.subcomponent, 1)[0]
        return "" if first == NULL else unescape(first, self.syntax)

    def __repr__(self) -> str:
        told = "null" if self.is_null else "absent" if self.is_absent else f"{len(self.raw)} characters"
        return f"<{type(self).__name__}: {told}>"


class Component(Value, frozen=True, gc=False):
    """A component, and the subcomponents in it."""

    def subcomponent(self, n: int) -> str:
        """The text of subcomponent `n`, counted from 1; "" when it is absent or null."""
        part = _part(self.raw, self.syntax.delimiters.subcomponent, n)
        return "" if part == NULL else unescape(part, self.syntax)

    @property
    def subcomponents(self) -> tuple[str, ...]:
        """The texts of all subcomponents; empty when the component is absent."""
        if self.is_absent:
            return ()
        count = self.raw.count(self.syntax.delimiters.subcomponent) + 1
        return tuple(self.subcomponent(n) for n in range(1, count + 1))


class Repetition(Value, frozen=True, gc=False):
    """One repetition of a field, and the components in it."""

    def component(self, n: int) -> Component:
        """Component `n`, counted from 1; an absent one when it was not sent."""
        return Component(_part(self.raw, self.syntax.delimiters.component, n), self.syntax)

    @property
    def components(self) -> tuple[Component, ...]:
        """All components; empty when the repetition is absent."""
        if self.is_absent:
            return ()
        return tuple(Component(part, self.syntax) for part in self.raw.split(self.syntax.delimiters.component))


class Field(Value, frozen=True, gc=False):
    """A field, and the repetitions in it."""

    @property
    def repetitions(self) -> tuple[Repetition, ...]:
        """All repetitions in order, a blank one between others included; empty when the field is absent."""
        if self.is_absent:
            return ()
        return tuple(Repetition(part, self.syntax) for part in self.raw.split(self.syntax.delimiters.repetition))

    def component(self, n: int) -> Component:
        """Component `n` of the first repetition, counted from 1; an absent one when it was not sent."""
        marks = self.syntax.delimiters
        return Component(_part(self.raw.split(marks.repetition, 1)[0], marks.component, n), self.syntax)


def _part(raw: str, mark: str, n: int) -> str:
    """The `n`-th part of `raw`, counted from 1; "" where there are fewer."""
    if n < 1:
        raise IndexError(n)
    parts = raw.split(mark, n)
    return parts[n - 1] if n <= len(parts) else ""
