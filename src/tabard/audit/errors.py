"""What can go wrong with the audit."""

from tabard.ground.errors import InternalError


class AuditUnavailable(InternalError):  # noqa: N818  says what is the matter
    """The audit could not be written, so nothing may be shown."""
