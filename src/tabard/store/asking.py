"""Asking a store from elsewhere: an assessor's side of its API, each request signed by the assessor's key."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, NamedTuple, NoReturn, Self

import httpx
import msgspec

from tabard.accreditation import product_class
from tabard.decision import Decision, NotAccredited, read_summary, statement
from tabard.ground.dsse import IN_TOTO, Envelope
from tabard.ground.errors import CallerError, NotFound, PeerError
from tabard.ground.keys import SigningKey
from tabard.ground.time import Clock, system_clock
from tabard.product import BadPackage, Package, read_package, touched
from tabard.store.requests import Asked, signed
from tabard.store.submitting import LARGEST_PACKAGE_BYTES

_PATIENCE_S = 60.0
_LARGEST_ANSWER = 16 * 1024 * 1024
_SERVER_FAULT, _NOT_FOUND, _NOT_OK = 500, 404, 400

Told = Mapping[str, Any]


class StoreAt:
    """The store at `url`, asked by one assessor. Values are those of the API. Close it, or use it as a context."""

    def __init__(self, url: str, key: SigningKey, clock: Clock = system_clock) -> None:
        self._key = key
        self._clock = clock
        self._url = url.rstrip("/")
        self._http = httpx.Client(timeout=_PATIENCE_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def cases(self) -> tuple[Told, ...]:
        """The queue, newest first."""
        return tuple(self._json("GET", "/api/cases")["cases"])

    def case(self, case_id: str) -> Told:
        """All of one case. Raises NotFound."""
        return self._json("GET", _path(case_id))

    def package(self, told: Told) -> Package:
        """The package of that case. Raises PeerError when it is not the bytes that the case is about."""
        raw = self._ask("GET", f"{_path(told['case'])}/package", b"", LARGEST_PACKAGE_BYTES)
        if sha256(raw).hexdigest() != told["package_sha256"]:
            raise PeerError("the store handed out other bytes than the case is about", expected=told["package_sha256"])
        try:
            return read_package(raw)
        except BadPackage as fault:
            raise PeerError("the store handed out no package", got=str(fault)) from fault

    def review(self, case_id: str, rule: str, reason: str, place: str | None = None) -> Told:
        """Give a person's word in the place of what that rule could not assess; the case as it is then."""
        return self._post(case_id, "reviews", {"rule": rule, "reason": reason, "place": place})

    def standings(self, case_id: str) -> Told:
        """How each criterion of the case stands, and what it waits for. Raises NotFound."""
        return self._json("GET", f"{_path(case_id)}/standings")

    def judge(
        self,
        case_id: str,
        criteria: Iterable[str],
        status: str,
        reason: str,
        conditions: Iterable[str] = (),
        bases: Mapping[str, str] | None = None,
    ) -> Told:
        """Give a person's word on these criteria; the case as it is then.

        `bases` are by criterion what `standings` told stood beside it: where one is another by now, the store refuses.
        """
        told = {"criteria": tuple(criteria), "status": status, "reason": reason, "conditions": tuple(conditions)}
        return self._post(case_id, "judgements", {**told, "bases": dict(bases or {})})

    def assign(self, case_id: str, conflicts: str) -> Told:
        """Take the case on, with a word on conflicts of interest; the case as it is then."""
        return self._post(case_id, "assignments", {"conflicts": conflicts})

    def refer_back(self, case_id: str, about: str, words: str) -> Told:
        """Ask the maker what must be answered; the case as it is then."""
        return self._post(case_id, "questions", {"about": about, "words": words})

    def add_condition(self, case_id: str, text: str, owner: str, due: date | None) -> Told:
        """Set a condition of the decision; the case as it is then."""
        return self._post(case_id, "conditions", {"text": text, "owner": owner, "due": due})

    def drop_condition(self, case_id: str, condition: str) -> Told:
        """Take a condition away again; the case as it is then."""
        return self._post(case_id, "conditions/dropped", {"condition": condition})

    def meet(self, case_id: str, condition: str, words: str, evidence: str = "") -> Told:
        """See a condition met; the case as it is then."""
        return self._post(case_id, "conditions/met", {"condition": condition, "words": words, "evidence": evidence})

    def draft(self, case_id: str, terms: Told | None = None, seen: int | None = None) -> Told:
        """Write the statement that will be signed, on these terms (as the API names them); the case as it is then."""
        return self._post(case_id, "drafts", {**(terms or {}), "seen": seen})

    def widen(self, case_id: str, sites: Sequence[str], shown: Sequence[Told], seen: int | None = None) -> Told:
        """Draft what lets a first-of-type version go further (to all where no site is named); the case as it is then."""
        return self._post(case_id, "widenings", {"sites": sites, "shown": shown, "seen": seen})

    def drop_widening(self, case_id: str) -> Told:
        """Drop that draft; the case as it is then."""
        return self._post(case_id, "widenings/dropped", {})

    def recheck(self, case_id: str) -> Told:
        """Have the rules run once more; the case as it is then."""
        return self._post(case_id, "rechecks", {})

    def reopen(self, case_id: str) -> Told:
        """Drop the statement with its signatures; the case as it is then."""
        return self._post(case_id, "reopenings", {})

    def suspend(self, case_id: str, reason: str) -> Told:
        """Have it listed no more; the case as it is then."""
        return self._post(case_id, "suspensions", {"reason": reason})

    def reinstate(self, case_id: str, reason: str) -> Told:
        """One of two words by which it is listed again; the case as it is then."""
        return self._post(case_id, "reinstatements", {"reason": reason})

    def sign(self, case_id: str, statement: Envelope) -> Told:
        """Sign that statement, which `statement_of` has judged; the case as it is then."""
        told = {
            "keyid": self._key.public.keyid,
            "sig": b64encode(self._key.sign(statement.to_sign)).decode(),
            "statement_sha256": sha256(statement.payload).hexdigest(),
        }
        return self._post(case_id, "signatures", told)

    def as_maker(self, case_id: str, what: str, told: Told) -> Told:
        """What a maker does with a case of theirs (`replies`, `plans`, `reviews`, `withdrawals`), signed with their own key."""
        return self._json("POST", f"{_path(case_id, 'submissions')}/{what}", msgspec.json.encode(told))

    def _post(self, case_id: str, what: str, told: Told) -> Told:
        return self._json("POST", f"{_path(case_id)}/{what}", msgspec.json.encode(told))

    def _json(self, method: str, path: str, body: bytes = b"") -> Told:
        try:
            told: Told = msgspec.json.decode(self._ask(method, path, body, _LARGEST_ANSWER), type=dict[str, Any])
        except msgspec.DecodeError as fault:
            raise PeerError("this is not a store's answer", where=self._url, got=str(fault)) from fault
        return told

    def _ask(self, method: str, path: str, body: bytes, most: int) -> bytes:
        header = signed(Asked(self._url, method, path, body), self._key, self._clock())
        headers = {"Authorization": header, "Content-Type": "application/json"}
        return self._send(method, path, body, headers, most)

    def _send(
        self, method: str, path: str, content: bytes | Iterator[bytes], headers: Mapping[str, str], most: int
    ) -> bytes:
        """What the store answers to a request that is signed already, `most` bytes of it. Raises CallerError, PeerError."""
        try:
            with self._http.stream(method, self._url + path, content=content, headers=headers) as response:
                raw = bytearray()
                for chunk in response.iter_bytes():
                    raw += chunk
                    if len(raw) > most:
                        raise PeerError("the store's answer is too large", where=self._url, expected=f"{most} bytes")
        except (httpx.HTTPError, httpx.InvalidURL) as fault:
            raise PeerError(
                "the store does not answer", where=self._url, got=type(fault).__name__, remedy="check --store"
            ) from fault
        if response.status_code >= _NOT_OK:
            _refuse(response.status_code, bytes(raw), self._url)
        return bytes(raw)


class Drafted(NamedTuple):
    """What would be signed: the statement itself, all that it says, and the centre in whose name it says so."""

    statement: Envelope
    decision: Decision
    verifier: str
    touched: Mapping[str, str]


def statement_of(told: Told, package: Package) -> Drafted:
    """What would be signed for a case, judged against the package itself: the store's word alone is not enough.

    Raises CallerError when nothing is drafted, PeerError when the statement is not about this very package, or holds
    anything that reading it does not show.
    """
    if not told["statement"]:
        raise CallerError("nothing is drafted yet", where=str(told["case"]), remedy=str(told["next"]))
    try:
        envelope = Envelope(IN_TOTO, b64decode(told["statement"], validate=True))
        summary = read_summary(envelope.payload)
    except (ValueError, NotAccredited) as fault:
        raise PeerError("the store's statement cannot be read", where=str(told["case"])) from fault
    decision, verifier, manifest = summary.decision, summary.verifier, package.manifest
    scopes = sorted({scope for part in manifest.parts for scope in part.scopes})
    contexts = sorted({part.context.value for part in manifest.parts})
    pairs = (
        ("package", package.sha256, decision.package_sha256),
        ("size", len(package.raw), decision.package_size),
        ("product", manifest.id, decision.product),
        ("version", manifest.version, decision.version),
        ("title", manifest.name, decision.title),
        ("publisher", manifest.publisher, decision.publisher),
        ("intended use", manifest.intended_use, decision.scope.intended_use),
        ("scopes", scopes, sorted(decision.scope.scopes)),
        ("contexts", contexts, sorted(decision.scope.contexts)),
        ("class", True, decision.product_class >= int(product_class(manifest).value)),
        ("hazard log", sha256(package.files.get(manifest.hazards, b"")).hexdigest(), decision.hazard_log_sha256),
        ("bytes", sha256(statement(decision, verifier).payload).hexdigest(), sha256(envelope.payload).hexdigest()),
    )
    for name, expected, got in pairs:
        if expected != got:
            raise PeerError(
                "the statement to sign is not about this package",
                where=name,
                expected=str(expected),
                got=str(got),
                remedy="do not sign; tell whoever runs the store",
            )
    return Drafted(envelope, decision, verifier, touched(manifest))


def _path(case_id: str, kind: str = "cases") -> str:
    if not case_id.isalnum() or not case_id.isascii():
        raise NotFound("this is no id of a case", got=case_id[:64], remedy="tabard accredit list")
    return f"/api/{kind}/{case_id}"


def _refuse(status: int, raw: bytes, url: str) -> NoReturn:
    try:
        told = msgspec.json.decode(raw, type=dict[str, str | None])
    except msgspec.DecodeError:
        told = {}
    words = {name: told.get(name) for name in ("where", "expected", "got", "remedy")}
    message = told.get("error") or f"the store refused with status {status}"
    if status >= _SERVER_FAULT or not told:
        raise PeerError(message, **{**words, "where": url})
    raise (NotFound if status == _NOT_FOUND else CallerError)(message, **words)
