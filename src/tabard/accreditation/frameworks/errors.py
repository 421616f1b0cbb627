"""What can be wrong with a framework, or with what is asked of the shelf."""

from tabard.ground.errors import CallerError, InternalError, NotFound


class NoSuchCriterion(NotFound):
    """A framework, or a criterion, that does not stand on the shelf."""


class BadFramework(InternalError):  # noqa: N818  says what the file is
    """A framework's file that we ship and that says what no framework can."""


class OtherFamily(CallerError):  # noqa: N818  says what they are
    """Two frameworks that are not versions of one."""
