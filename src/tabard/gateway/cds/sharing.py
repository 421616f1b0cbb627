"""Sharing: what several services ask for at one firing is read once, where policy would give each the very same answer.

Which answer that is, is told by the rights and the query alone: the context, the person, and the scopes over what is asked
for. Services whose scopes differ there read apart; so does each where the answer holds a link onward, which is sealed for one
grant. Who is told what is written down for each by itself.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from threading import Lock

from tabard.fhir.scopes import ANY_TYPE, ResourceScope, Scopes
from tabard.gateway.api.found import Found
from tabard.gateway.api.reading import PAGE
from tabard.gateway.model import Rights
from tabard.gateway.policy import SURROUNDINGS

Read = Callable[[], Found]
_Key = tuple[Rights, str]
_ONWARD = f"?{PAGE}=".encode()
_LOOKING = frozenset("rs")
_REACHING = frozenset({"_include", "_revinclude", "_has"})


class Sharing:
    """The reads of one firing. Safe from any thread; let go of with the firing, so that nothing old is ever told."""

    def __init__(self) -> None:
        self._asked: dict[_Key, Future[Found]] = {}
        self._lock = Lock()

    def begin(self, rights: Rights, query: str, read: Read) -> Read:
        """How to have the answer: read now where nobody reads it yet, else what another reads. Never raises by itself."""
        key = (_effective(rights, query), query)
        with self._lock:
            known = self._asked.get(key)
            mine = self._asked.setdefault(key, Future())
        if known is not None:
            return lambda: _of_another(known, read)
        try:
            mine.set_result(read())
        except BaseException as fault:  # noqa: BLE001  whatever it is, it is raised where the answer is asked for
            mine.set_exception(fault)
        return mine.result


def _of_another(found: Future[Found], read: Read) -> Found:
    """What another service was given, unless it holds what is for that one alone."""
    answer = found.result()
    return read() if _ONWARD in answer.body else answer


def _effective(rights: Rights, query: str) -> Rights:
    """The rights as far as they decide on the answer: whose token it is does not."""
    kind, _, parameters = query.partition("?")
    kind = kind.partition("/")[0]
    scopes = rights.scopes
    if kind not in SURROUNDINGS and not _reaches_further(parameters):
        over = (
            one for one in scopes.resources if one.type in {kind, ANY_TYPE} and not _LOOKING.isdisjoint(one.letters)
        )
        scopes = Scopes(tuple(dict.fromkeys(ResourceScope(one.level, kind, _looking(one), one.search) for one in over)))
    return replace(rights, scopes=scopes, client="", grant=None, origin=None)


def _looking(scope: ResourceScope) -> str:
    return "".join(letter for letter in scope.letters if letter in _LOOKING)


def _reaches_further(parameters: str) -> bool:
    """Whether a search looks at other types than its own, whose scopes then decide too; anything unusual is taken to."""
    names = (one.partition("=")[0] for one in parameters.split("&"))
    return any(not name.replace("-", "").replace("_", "").isalnum() or name in _REACHING for name in names if name)
