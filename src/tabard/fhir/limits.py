"""Limits: how much one search may ask, so that no text can cost much more than its length. Source: FHIR R4 3.1.1.3."""

from tabard.fhir.search_errors import BadSearch

MAX_PARAMETERS = 50
MAX_VALUES = 1000
MAX_TESTS = 100
MAX_BOUND = 20_000
MAX_DEPTH = 3
MAX_HOPS = 10
MAX_CHAINED_TYPES = 8
MAX_INCLUDES = 20
MAX_SORTS = 3
MAX_SEGMENTS = 100


def require(got: int, most: int, what: str, where: str | None = None, remedy: str = "Ask in several searches.") -> None:
    """Refuse (BadSearch, costly) more than `most`."""
    if got > most:
        raise BadSearch(
            f"Too many {what}.",
            where=None if where is None else where[:64],
            expected=f"at most {most}",
            got=str(got),
            remedy=remedy,
            reason="costly",
        )
