"""Where people sign in to pages: what was typed is judged, and forms are known for our own.

Before sign-in a visitor's cookie stands in for the session, so that the form is bound to this browser.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from tabard.accounts import Account, Accounts, Seals, Session, Sessions, Throttle, TooManyTries, Voucher
from tabard.ground.ids import unguessable

_VISITOR = "visitor"
_STALE = "The page was open for too long. Please sign in again."
_WRONG = "The username or the password is not right."


@dataclass(frozen=True, slots=True)
class Turned:
    """Nobody was let in: the sentence for the page, and its status."""

    problem: str
    status: int


@dataclass(frozen=True, slots=True)
class Desk:
    """One application's sign-in; `base_url` is where its pages are."""

    base_url: str
    accounts: Accounts
    sessions: Sessions
    throttle: Throttle
    seals: Seals

    def find(self, request: Request) -> Session | None:
        """The live session of this request."""
        return self.sessions.find(request.headers)

    def judge(self, request: Request, sent: Mapping[str, str]) -> Account | Turned:
        """Who signs in with what was typed, or why nobody does."""
        visitor = self.seals.open(_VISITOR, request.cookies.get(self._visitor_cookie, ""))
        if visitor is None or not self.is_our_own(request, visitor, sent):
            return Turned(_STALE, 403)
        username, place = sent.get("username", "").strip(), request.client.host if request.client else ""
        try:
            self.throttle.take(username, place)
        except TooManyTries as fault:
            return Turned(f"Too many wrong tries. Wait {_told(fault.wait_s)}, then try again.", 429)
        account = self.accounts.check(username, sent.get("password", ""))
        if account is None:
            return Turned(_WRONG, 403)
        self.throttle.forgive(username, place)
        return account

    def visitor(self, request: Request) -> str:
        """Who this browser is before anybody signs in: what `form_token` and `remember` are given."""
        return self.seals.open(_VISITOR, request.cookies.get(self._visitor_cookie, "")) or unguessable()

    def form_token(self, bound_to: str) -> str:
        """The token of a form for a session's id or a visitor."""
        return self.sessions.form_token(bound_to)

    def remember(self, answer: Response, visitor: str) -> None:
        """Let this browser be known as the visitor."""
        _put_cookie(answer, self._visitor_cookie, self.seals.close(_VISITOR, visitor))

    def begin(self, answer: Response, account: Account, voucher: Voucher | None = None) -> None:
        """Begin a session in this browser; `voucher` says who vouches where it is no password."""
        _put_cookie(answer, self.sessions.cookie, self.sessions.begin(account, voucher))

    def end(self, answer: Response, session: Session) -> None:
        """End the session, on the server and in the browser."""
        self.sessions.end(session)
        answer.headers["Clear-Site-Data"] = '"cache"'
        _put_cookie(answer, self.sessions.cookie, "", max_age=0)

    def is_our_own(self, request: Request, bound_to: str, form: Mapping[str, str]) -> bool:
        """Whether this form was sent from a page of ours, made for this session (or visitor)."""
        origin = request.headers.get("origin", self.base_url)
        site = request.headers.get("sec-fetch-site", "same-origin")
        is_from_here = origin == self.base_url and site in {"same-origin", "none"}
        return is_from_here and self.sessions.is_form_token(bound_to, form.get("token", ""))

    @property
    def _visitor_cookie(self) -> str:
        return f"{self.sessions.cookie}-visitor"


def local(wanted: str) -> str:
    """Where to go after sign-in, when it is a place of ours; else home."""
    url = urlsplit(wanted)
    is_ours = not url.scheme and not url.netloc and wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_ours and wanted.isprintable() else "/"


def _put_cookie(answer: Response, name: str, value: str, max_age: int | None = None) -> None:
    """A cookie of this host alone, for this browser session. Source: RFC 6265bis, `__Host-`."""
    answer.set_cookie(name, value, max_age=max_age, path="/", secure=True, httponly=True, samesite="lax")


def _told(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{-(-seconds // 60)} minutes"  # noqa: PLR2004  two minutes
