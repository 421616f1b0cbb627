"""What the record refuses."""

from tabard.ground.errors import CallerError


class BadSearch(CallerError):  # noqa: N818  the word a reader expects
    """The search cannot be carried out as it was asked; nothing of it was ignored."""


class BadResource(CallerError):  # noqa: N818  the word a reader expects
    """What was to be kept is not a resource with a type and an id of FHIR's form."""
