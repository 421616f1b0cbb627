"""Errors as answers: what happened, where, what was expected, what was got, what to do. Of our own faults nothing is told."""

import traceback
from collections.abc import Mapping

import structlog
from starlette.responses import Response

from tabard.accreditation import NotNow
from tabard.ground.errors import CallerError, NotFound, ProductError, TabardError
from tabard.store import SCHEME, MovedOn, NotYours, Unknown
from tabard.web.store.api.json import answer

_log = structlog.get_logger()


class TooLarge(CallerError):  # noqa: N818  the word of HTTP 413
    """The body is larger than is read."""


class TooMany(CallerError):  # noqa: N818  the word of HTTP 429
    """Too many requests from one place."""


class Elsewhere(CallerError):  # noqa: N818
    """The body is of another kind than is read here (HTTP 415)."""


_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (NotFound, 404),
    (Unknown, 401),
    (NotYours, 403),
    (MovedOn, 409),
    (NotNow, 409),
    (TooLarge, 413),
    (Elsewhere, 415),
    (TooMany, 429),
    (CallerError, 422),
    (ProductError, 422),
)


def told(error: Exception) -> Response:
    """The answer for an error."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    headers = {"WWW-Authenticate": SCHEME} if status == 401 else {}  # noqa: PLR2004  the status of RFC 9110, 15.5.2
    if status < 500 and isinstance(error, TabardError):  # noqa: PLR2004  theirs, not ours
        return answer(_words(error), status, headers)
    at = traceback.extract_tb(error.__traceback__)[-1] if error.__traceback__ else None
    place = (at.filename, at.lineno) if at else None
    _log.error("request_failed", error=type(error).__name__, at=place)
    return answer({"error": "something went wrong on our side", "remedy": "try again in a minute"}, 500, headers)


def _words(error: TabardError) -> Mapping[str, str | None]:
    return {
        "error": error.message,
        "where": error.where,
        "expected": error.expected,
        "got": error.got,
        "remedy": error.remedy,
    }
