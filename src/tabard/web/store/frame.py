"""What stands around every page: whose store, who is signed in, and where they can go."""

from dataclasses import dataclass

from tabard.accounts import Session
from tabard.web.store.counter import Counter


@dataclass(frozen=True, slots=True)
class Way:
    """An entry of the navigation."""

    href: str
    text: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one page. Without a session `person` is empty."""

    store: str
    person: str
    token: str
    ways: tuple[Way, ...]


_OPEN = (("/", "Products"), ("/decisions", "Decisions"), ("/submit", "Submit a product"))
_JUDGING = (("/cases", "Cases"), ("/frameworks", "Frameworks"), ("/reach", "Reach"))
_SIGN_IN = (("/sign-in", "Sign in to judge"),)


def framed(counter: Counter, path: str, session: Session | None = None, token: str = "") -> Frame:
    """The frame of a page, for somebody signed in or for anybody."""
    ways = (*_OPEN, *(_JUDGING if session else _SIGN_IN))
    shown = tuple(Way(href, text, _is_here(href, path)) for href, text in ways)
    name = counter.store.settings.name
    if session is None:
        return Frame(name, "", token, shown)
    return Frame(name, session.account.name, counter.desk.form_token(session.id), shown)


def _is_here(href: str, path: str) -> bool:
    if href == "/":
        return path == "/" or path.startswith("/products/")
    return path == href or path.startswith(f"{href}/")
