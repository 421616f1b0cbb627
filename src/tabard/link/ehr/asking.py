"""A question to a FHIR server with all that may go wrong: tries, waits, renewals, the breaker, the cap, the counting."""

from collections.abc import Callable, Mapping
from threading import BoundedSemaphore
from typing import Any, NamedTuple, TypeVar

from tabard.fhir import NotJson, Resource, decode
from tabard.link.ehr.breaker import Breaker
from tabard.link.ehr.errors import BadAnswer, Busy, Conflict, EhrError, NotLetIn, Rejected, TooSlow, Unreachable
from tabard.link.ehr.pace import Budget, Pace
from tabard.link.ehr.tokens import Tokens
from tabard.link.ehr.wire import Raw, Wire

_JSON = "application/fhir+json"
_FIRST_WAIT_S = 0.1
_LEAST_S = 0.5
"""Asking once more is worth it only where so much time is left for the answer."""
_STARTED = b" \t\r\n\xef\xbb\xbf"
_WAITING = frozenset({429, 502, 503, 504})
_REFUSALS = {
    400: "refused the search",
    403: "forbade it",
    404: "does not know it",
    406: "speaks no JSON",
    422: "refused it",
}


_Read = TypeVar("_Read")


class Answer(NamedTuple):
    """An answer of 2xx; `resource` is None where there was no body. Header names in lower case."""

    status: int
    headers: Mapping[str, str]
    resource: Resource | None


class Asking:
    """Questions of one link to one server. Safe from any thread; every failure is counted by `tell`."""

    def __init__(
        self,
        wire: Wire,
        tokens: Tokens,
        breaker: Breaker,
        pace: Pace,
        *,
        concurrency: int,
        tell: Callable[[str], None],
        heard: Callable[[], None] = lambda: None,
    ) -> None:
        self._wire = wire
        self._tokens = tokens
        self._breaker = breaker
        self._pace = pace
        self._open = BoundedSemaphore(concurrency)
        self._tell = tell
        self._heard = heard

    def get(
        self, url: str, budget: Budget, read: Callable[[Answer], _Read], params: tuple[tuple[str, str], ...] = ()
    ) -> _Read:
        """Ask, and `read` what came; tried again while the server asks us to wait or the connection breaks and time is left.

        Raises EhrError, also that of `read`.
        """
        wait = _FIRST_WAIT_S
        while True:
            try:
                return read(self._once("GET", url, budget, params=params))
            except (Busy, Unreachable) as fault:
                after = fault.after_s if isinstance(fault, Busy) else 0.0
                pause = max(wait * (0.5 + self._pace.chance()), after)
                if self._breaker.is_open or pause + _LEAST_S >= budget.left():
                    self._failed(fault)
                    raise
                self._pace.wait(pause)
                wait *= 2
            except EhrError as fault:
                self._failed(fault)
                raise

    def sign_in(self, budget: Budget, margin_s: float) -> None:
        """See to it that there is a token for so long. Raises EhrError."""
        try:
            self._tokens.bearer(budget, margin_s=margin_s)
        except EhrError as fault:
            self._failed(fault)
            raise

    def send(
        self,
        method: str,
        url: str,
        budget: Budget,
        content: bytes,
        read: Callable[[Answer], _Read],
        headers: Mapping[str, str] | None = None,
    ) -> _Read:
        """Write; tried once, for whoever writes twice has written twice. Raises EhrError; its `is_sent` says whether it may be done."""
        try:
            return read(self._once(method, url, budget, content=content, headers=headers))
        except EhrError as fault:
            self._failed(fault)
            raise

    def _failed(self, fault: EhrError) -> None:
        """Count a question that came to nothing; what shows that the EHR is not well counts towards its rest."""
        self._tell(fault.reason)
        if isinstance(fault, Busy | Unreachable | TooSlow) and not self._breaker.is_open:
            self._breaker.failed()

    def _once(self, method: str, url: str, budget: Budget, **more: Any) -> Answer:
        """One question, with one renewal of the token where it is refused: then nothing was done there."""
        self._breaker.require()
        if not self._open.acquire(timeout=budget.left()):
            raise Busy("Too many questions to the record system are open.", is_sent=False)
        try:
            bearer = self._bearer(budget)
            raw = self._exchange(method, url, budget, bearer, **more)
            if raw.status == 401:  # noqa: PLR2004  HTTP's own number
                self._tokens.drop(bearer)
                raw = self._exchange(method, url, budget, self._bearer(budget), **more)
        finally:
            self._open.release()
        if raw.status not in _WAITING:
            self._breaker.succeeded()
            self._heard()
        return _judged(raw)

    def _bearer(self, budget: Budget) -> str:
        try:
            return self._tokens.bearer(budget)
        except EhrError as fault:
            fault.is_sent = False  # what was to be asked never left
            raise

    def _exchange(self, method: str, url: str, budget: Budget, bearer: str, **more: Any) -> Raw:
        headers = {"accept": _JSON, "authorization": f"Bearer {bearer}", **(more.pop("headers", None) or {})}
        if more.get("content") is not None:
            headers["content-type"] = _JSON
        return self._wire.exchange(method, url, budget, headers=headers, **more)


def _judged(raw: Raw) -> Answer:
    """The answer, where it is one. Judged by its status and content; what it calls itself does not count."""
    if 200 <= raw.status < 300:  # noqa: PLR2004  HTTP's own numbers
        return Answer(raw.status, raw.headers, _resource(raw) if raw.body.strip() else None)
    if raw.status in _WAITING:
        raise _busy(raw)
    if raw.status == 401:  # noqa: PLR2004  the same
        raise NotLetIn("The record system does not take our token.")
    if raw.status in {409, 412}:
        raise Conflict("The record system holds another version by now.", got=str(raw.status))
    if 300 <= raw.status < 400:  # noqa: PLR2004  the same
        raise BadAnswer("The record system sends us elsewhere, where we do not follow.", got=str(raw.status))
    words = _REFUSALS.get(raw.status, "failed on it" if raw.status >= 500 else "refused it")  # noqa: PLR2004  the same
    raise Rejected(f"The record system {words}.", raw.status, got=" ".join((str(raw.status), *_issues(raw))))


def _resource(raw: Raw) -> Resource:
    try:
        found = decode(raw.body)
    except NotJson as fault:
        raise BadAnswer("The record system answered what is no FHIR.", got=_kind(raw.body)) from fault
    if not isinstance(found.get("resourceType"), str):
        raise BadAnswer("The record system answered JSON that is no resource.")
    return found


def _kind(body: bytes) -> str:
    start = body.lstrip(_STARTED)[:1]
    return {b"{": "JSON that is cut off or broken", b"<": "HTML or XML"}.get(start, "plain text")


def _busy(raw: Raw) -> Busy:
    fault = Busy("The record system asks us to wait.", got=str(raw.status))
    after = raw.headers.get("retry-after", "")
    fault.after_s = float(after) if after.isascii() and after.isdigit() and len(after) < 6 else 0.0  # noqa: PLR2004  a day has 5 digits of seconds
    return fault


def _issues(raw: Raw) -> tuple[str, ...]:
    """The codes of an OperationOutcome, and no word of its texts: they may name a patient."""
    try:
        found = decode(raw.body)
    except NotJson:
        return ()
    issues = found.get("issue")
    told = [one for one in issues if isinstance(one, dict)] if isinstance(issues, list) else []
    words = [f"{one.get('severity')}/{one.get('code')}" for one in told[:3]]
    return tuple(word for word in words if word.replace("/", "").replace("-", "").isalpha() and len(word) < 40)  # noqa: PLR2004  two words
