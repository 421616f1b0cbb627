"""What this room refuses, told without a word of the patient."""

from tabard.ground.errors import CallerError


class Unreadable(CallerError):  # noqa: N818  the word a reader expects
    """The bytes are not an HL7 v2 message that can be read without guessing.

    No sentence of it quotes the message beyond the first bytes of MSH (its delimiters).
    """


class Unwritable(CallerError):  # noqa: N818  the word a reader expects
    """The values asked for cannot be written as ER7 without changing them."""


class BadPath(CallerError):  # noqa: N818  the word a reader expects
    """What should name a place of a message, such as `PID-3.4`, names none."""
