"""A FHIR client over the one socket that leads out of the sandbox: read, search page by page, create, subscribe."""

import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

Resource = dict[str, Any]

_BASE = "/fhir"
_JSON = "application/fhir+json"
_LARGEST_BYTES = 32 * 1024 * 1024
_MOST_PAGES = 100
_TIMEOUT_S = 10.0
_OK, _CREATED = 200, 201
_GUIDE = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition"


class FhirError(Exception):
    """The gateway refused, or did not answer; `status` is HTTP's, 0 where there was no answer. It tells nothing of patients."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason


class Fhir:
    """Reads what the hospital lets one call see; `token` is that call's own, `socket_path` the gateway's socket inside."""

    def __init__(self, token: str, socket_path: str, timeout_s: float = _TIMEOUT_S) -> None:
        self._token = token
        self._socket_path = socket_path
        self._timeout_s = timeout_s

    def read(self, resource_type: str, resource_id: str) -> Resource:
        """The resource as it is now. Raises FhirError: 404 where there is none that may be seen."""
        return self._asked("GET", f"{_BASE}/{_segment(resource_type)}/{_segment(resource_id)}")

    def search(self, resource_type: str, parameters: Mapping[str, str] | None = None) -> Iterator[Resource]:
        """Everything that matches and what is included, page by page, as it is asked for. Raises FhirError.

        Ends with FhirError after a hundred pages: a loop in the paging must not go on for ever.
        """
        query = f"?{urlencode(parameters)}" if parameters else ""
        target: str | None = f"{_BASE}/{_segment(resource_type)}{query}"
        for _ in range(_MOST_PAGES):
            bundle = self._asked("GET", target or "")
            yield from (entry["resource"] for entry in bundle.get("entry", ()) if "resource" in entry)
            target = _next(bundle)
            if target is None:
                return
        raise FhirError(0, "more pages than a search may have")

    def create(self, resource: Resource) -> Resource:
        """The resource as it was kept, with its id. Raises FhirError."""
        kind = _segment(str(resource.get("resourceType", "")))
        return self._asked("POST", f"{_BASE}/{kind}", json.dumps(resource).encode())

    def subscribe(
        self,
        topic: str,
        reason: str,
        *,
        content: str = "id-only",
        filters: Sequence[str] = (),
        heartbeat_s: int = 0,
    ) -> Resource:
        """The Subscription to a topic as it was made: its notifications come to this product's own server. Raises FhirError.

        `content` is `empty`, `id-only` or `full-resource`; each filter is as `Encounter?class=IMP`, and all must hold. It wants
        the token of a launch, and lasts as long as that: one that is lent for the call of a hook is refused (403).
        """
        wishes = [_extension("backport-filter-criteria", "valueString", text) for text in filters]
        beats = [_extension("backport-heartbeat-period", "valueUnsignedInt", heartbeat_s)] if heartbeat_s else []
        channel: Resource = {
            **({"extension": beats} if beats else {}),
            "type": "rest-hook",
            "payload": _JSON,
            "_payload": {"extension": [_extension("backport-payload-content", "valueCode", content)]},
        }
        return self.create(
            {
                "resourceType": "Subscription",
                "status": "requested",
                "reason": reason,
                "criteria": topic,
                **({"_criteria": {"extension": wishes}} if wishes else {}),
                "channel": channel,
            }
        )

    def _asked(self, method: str, target: str, body: bytes | None = None) -> Resource:
        headers = {"authorization": f"Bearer {self._token}", "accept": _JSON, "prefer": "return=representation"}
        if body is not None:
            headers["content-type"] = _JSON
        link = _Link(self._socket_path, self._timeout_s)
        try:
            link.request(method, target, body, headers)
            answer = link.getresponse()
            raw = answer.read(_LARGEST_BYTES + 1)
        except (OSError, HTTPException) as fault:
            raise FhirError(0, f"no answer ({type(fault).__name__})") from fault
        finally:
            link.close()
        if len(raw) > _LARGEST_BYTES:
            raise FhirError(0, "too large an answer")
        return _resource(answer.status, raw)


class _Link(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str, timeout_s: float) -> None:
        super().__init__("hospital", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _resource(status: int, raw: bytes) -> Resource:
    try:
        told = json.loads(raw) if raw else {}
    except ValueError as fault:
        raise FhirError(status, "no JSON") from fault
    if not isinstance(told, dict):
        raise FhirError(status, "no resource")
    if status not in (_OK, _CREATED):
        issues = told.get("issue") or [{}]
        raise FhirError(status, str(issues[0].get("code", "refused")))
    return told


def _extension(name: str, kind: str, value: str | int) -> Resource:
    return {"url": f"{_GUIDE}/{name}", kind: value}


def _next(bundle: Resource) -> str | None:
    """The path and query of the next page; whichever host it names, it is asked over the same socket."""
    for link in bundle.get("link", ()):
        if link.get("relation") == "next":
            place = urlsplit(str(link.get("url", "")))
            return f"{place.path}?{place.query}" if place.query else place.path
    return None


def _segment(text: str) -> str:
    if not text or not all(mark.isalnum() or mark in "-." for mark in text) or not text.isascii():
        raise ValueError("a type or an id is letters, digits, hyphens and points")
    return text
