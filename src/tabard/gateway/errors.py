"""Why the gateway does not answer with data.

CallerError
├── Refused      not permitted, or not in this form: becomes an OperationOutcome with its HTTP status
└── OAuthRefused an OAuth request that fails: becomes an OAuth error
"""

from tabard.ground.errors import CallerError


class Refused(CallerError):  # noqa: N818  says what happened
    """A FHIR request that is not answered. `status` is HTTP's, `code` FHIR's issue type, `reason` a word for the audit.

    `where` is the place in the request: a FHIRPath, a header or a parameter. No text holds what a product sent.
    """

    def __init__(
        self,
        status: int,
        code: str,
        reason: str,
        message: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        got: str | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(message, where=where, expected=expected, got=got, remedy=remedy)
        self.status = status
        self.code = code
        self.reason = reason


class OAuthRefused(CallerError):  # noqa: N818  says what happened
    """An OAuth request that fails with `error` (RFC 6749 4.1.2.1, 5.2), told to the product, and why in `message`.

    `reason` is a word for the audit, `error` where none is given; `grant` is the grant that the request put an end to.
    """

    def __init__(
        self, error: str, message: str, *, status: int = 400, reason: str | None = None, grant: str | None = None
    ) -> None:
        super().__init__(message)
        self.error = error
        self.status = status
        self.reason = reason or error
        self.grant = grant


def forbidden(reason: str, message: str, *, remedy: str | None = None) -> Refused:
    """403: known, and not permitted."""
    return Refused(403, "forbidden", reason, message, remedy=remedy)


def not_found() -> Refused:
    """404: nothing of that type and id."""
    return Refused(404, "not-found", "not_found", "There is no such resource here.")


def bad_request(reason: str, message: str, *, remedy: str | None = None) -> Refused:
    """400: the request itself is wrong."""
    return Refused(400, "invalid", reason, message, remedy=remedy)
