"""What the record refuses."""

from tabard.fhir.search_errors import BadSearch
from tabard.ground.errors import CallerError

__all__ = ["BadResource", "BadSearch"]


class BadResource(CallerError):  # noqa: N818  the word a reader expects
    """What was to be kept is not a resource with a type and an id of FHIR's form."""
