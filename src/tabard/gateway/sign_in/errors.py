"""Why nobody is signed in.

CallerError
└── NotSignedIn   the provider, the person or the browser does not fit; `reason` is a word for the audit
PeerError
└── ProviderAway  the provider does not answer, or not as one does

No text holds anything of a person or a token.
"""

from tabard.ground.errors import CallerError, PeerError

_AGAIN = "Begin again from the sign-in page. If it happens again, tell whoever runs Tabard here what time it was."


class NotSignedIn(CallerError):  # noqa: N818  says what happened
    """Nobody was signed in. `status` is HTTP's; `person` is who tried it, where the provider said so."""

    person: str | None = None

    def __init__(self, reason: str, message: str, *, status: int = 403, remedy: str = _AGAIN) -> None:
        super().__init__(message, remedy=remedy)
        self.reason = reason
        self.status = status


class ProviderAway(PeerError):  # noqa: N818  says what happened
    """An identity provider, or a record system that gives tokens, cannot be asked. `reason` is a word for the audit."""

    def __init__(self, reason: str, message: str, *, remedy: str | None = None) -> None:
        super().__init__(
            message,
            remedy=remedy
            or "Try again in a minute. If you can sign in nowhere else either, it is the provider that is away.",
        )
        self.reason = reason
