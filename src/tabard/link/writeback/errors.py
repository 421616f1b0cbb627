"""Why a write is not taken. Nothing of its content is told.

CallerError
├── NotTaken       this hospital takes no such write
├── Misshapen      the resource is not such as can be sent: a place, what was expected
├── TooLarge       more bytes than are sent
├── AlreadyWritten the same identifier was used for another content
└── Outdated       what is to be changed has changed since it was read
"""

from tabard.ground.errors import CallerError


class NotTaken(CallerError):  # noqa: N818  says what happened
    """No link of this hospital takes such a write of this patient."""


class Misshapen(CallerError):  # noqa: N818  says what the resource is
    """The resource is not such as can be sent. `where` is the element."""


class TooLarge(CallerError):  # noqa: N818  says what the resource is
    """The resource, or the message that it makes, is too large to be sent."""


class AlreadyWritten(CallerError):  # noqa: N818  says what happened
    """The same product wrote another content for this patient under the same identifier."""


class Outdated(CallerError):  # noqa: N818  says what happened
    """What is to be changed has another version now."""
