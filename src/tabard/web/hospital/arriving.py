"""Somebody arrives whom another system vouches for: a session begins in this browser, and whoever was here before goes.

A session is never made wider: the one that was here ends, and a new one begins with what was vouched for now. On a
workstation that people share, what the last person opened ends with them.
"""

from starlette.requests import Request
from starlette.responses import Response

from tabard.accounts import Account, Session, Voucher
from tabard.gateway.sign_in import Attempt
from tabard.gateway.sign_in.attempts import LIFETIME, name_of
from tabard.web.hospital.portal import Portal

_MOST_ATTEMPTS = 6


def before(portal: Portal, request: Request, account: Account) -> Session | None:
    """The session of somebody else in this browser; None where nobody was here, or the same person."""
    session = portal.desk.find(request)
    return None if session is None or session.account.id == account.id else session


def arrive(portal: Portal, request: Request, answer: Response, account: Account, voucher: Voucher) -> None:
    """Begin the session in `answer`, and end the one that was here; of somebody else also what their products were given."""
    old = portal.desk.find(request)
    if old is not None:
        portal.desk.end(answer, old)
        if old.account.id != account.id:
            portal.launcher.signed_out(person_id=old.account.id)
    portal.desk.begin(answer, account, voucher)


def keep_attempt(portal: Portal, request: Request, answer: Response, attempt: Attempt) -> None:
    """Let this browser keep what binds the answer to it; those of earlier windows go once they are too many."""
    start = _prefix(portal)
    for name in [one for one in request.cookies if one.startswith(start)][: -_MOST_ATTEMPTS or None]:
        answer.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")
    age = int(LIFETIME.total_seconds())
    name = f"{start}{attempt.name}"
    answer.set_cookie(name, attempt.cookie, max_age=age, path="/", secure=True, httponly=True, samesite="lax")


def attempt_cookie(portal: Portal, request: Request, state: str) -> str:
    """What this browser kept of the attempt of that state; empty where it kept nothing."""
    return request.cookies.get(f"{_prefix(portal)}{name_of(state)}", "")


def forget_attempt(portal: Portal, answer: Response, state: str) -> None:
    """The attempt is over."""
    name = f"{_prefix(portal)}{name_of(state)}"
    answer.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")


def _prefix(portal: Portal) -> str:
    return f"{portal.hospital.sessions.cookie}-attempt-"
