"""Junk: whatever comes, by path, query, header or body, is answered with an OperationOutcome, never with a failure of our own."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from structlog.testing import capture_logs

from tabard.fhir import NotJson, decode
from unit.gateway.api.keeping_world import KeepingWorld, weight

METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "get", "PROPFIND"])
WORDS = st.sampled_from(
    ["Patient", "Observation", "ann", "o-ann", "_history", "_search", "$everything", "1", "", "..", "%00", "\r\nX: y", "é", "Patient?x", "$x", "*"]
)  # fmt: skip
PATHS = st.lists(WORDS | st.text(max_size=8), max_size=5).map("/".join)
NAMES = st.sampled_from(
    ["_id", "code", "date", "subject", "_count", "_page", "_since", "_type", "_summary", "_elements", "_total", "_sort", "_include", "_lastUpdated", "_format", "identifier"]
)  # fmt: skip
QUERIES = st.lists(st.tuples(NAMES | st.text(max_size=6), st.text(max_size=12)), max_size=4)
RAW_QUERIES = st.binary(max_size=40)
HEADERS = st.dictionaries(
    st.sampled_from(
        [b"accept", b"prefer", b"if-match", b"if-none-match", b"if-modified-since", b"if-none-exist", b"content-type", b"origin"]
    ),
    st.binary(max_size=30) | st.sampled_from([b"application/fhir+json", b"application/json-patch+json", b"identifier=a|b", b'W/"1"']),
    max_size=4,
)  # fmt: skip
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=10)
)
KEYS = st.sampled_from(
    [
        "resourceType",
        "id",
        "meta",
        "tag",
        "subject",
        "reference",
        "entry",
        "request",
        "url",
        "method",
        "text",
        "div",
        "contained",
        "code",
    ]
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)
BODIES = st.binary(max_size=60) | JSON.map(lambda told: json.dumps(told).encode())
FEW = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
_FAILED = 500


class Junk:
    """A world with a token, asked by raw ASGI, so that nothing tidies what is sent."""

    def __init__(self, folder: Path) -> None:
        self.world = KeepingWorld(folder)
        self.token = self.world.writer_token()
        self.runner = asyncio.Runner()

    def close(self) -> None:
        """Give everything back."""
        self.runner.close()
        self.world.close()

    def ask(
        self, method: str, path: str, query: bytes, headers: dict[bytes, bytes], body: bytes
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        """Status, headers and body of the answer."""
        scope = {
            "type": "http", "method": method, "path": f"/fhir/{path}", "raw_path": b"", "query_string": query,
            "headers": [(b"authorization", b"Bearer " + self.token.encode()), *headers.items()],
        }  # fmt: skip
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        async def run() -> None:
            await self.world.gateway.app(scope, receive, send)

        self.runner.run(run())
        return sent[0]["status"], dict(sent[0]["headers"]), b"".join(one.get("body", b"") for one in sent[1:])

    def is_well(self, method: str, path: str, query: bytes, headers: dict[bytes, bytes], body: bytes) -> None:
        """Raises AssertionError unless the answer is one of ours."""
        with capture_logs() as logs:
            status, told, answer = self.ask(method, path, query, headers, body)
        assert status < _FAILED, (status, answer)
        assert logs == []
        assert not any(b"\r" in value or b"\n" in value for value in told.values())
        if status >= 400 and method != "HEAD":
            outcome = decode(answer)
            assert outcome["resourceType"] == "OperationOutcome"
            assert outcome["issue"][0]["details"]["text"]
            assert b"Traceback" not in answer


@pytest.fixture(scope="module")
def junk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Junk]:
    """One world for all of it: nothing that is sent may break the next."""
    made = Junk(tmp_path_factory.mktemp("junk"))
    try:
        yield made
    finally:
        made.close()


@FEW
@given(method=METHODS, path=PATHS, query=RAW_QUERIES, headers=HEADERS)
def test_junk_in_paths_and_headers(
    junk: Junk, method: str, path: str, query: bytes, headers: dict[bytes, bytes]
) -> None:
    """Any method, path, query and headers: an outcome, and no line of a failure in the log."""
    junk.is_well(method, path, query, headers, b"")


@FEW
@given(
    kind=st.sampled_from(
        [
            "Patient",
            "Observation",
            "Observation/_history",
            "Patient/ann/$everything",
            "_history",
            "Patient/ann/Encounter",
        ]
    ),
    pairs=QUERIES,
)
def test_junk_in_searches(junk: Junk, kind: str, pairs: list[tuple[str, str]]) -> None:
    """Any names and values of parameters."""
    from urllib.parse import quote  # noqa: PLC0415  by hand, so that what it cannot say is sent too

    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs).encode()
    junk.is_well("GET", kind, query, {}, b"")


@FEW
@given(
    method=st.sampled_from(["POST", "PUT", "PATCH"]),
    path=st.sampled_from(["", "Observation", "Observation/o-ann", "DiagnosticReport", "Observation?code=1"]),
    kind=st.sampled_from(
        [b"application/fhir+json", b"application/json-patch+json", b"application/x-www-form-urlencoded"]
    ),
    body=BODIES,
)
def test_junk_in_bodies(junk: Junk, method: str, path: str, kind: bytes, body: bytes) -> None:
    """Any bytes and any JSON, to be kept, patched or carried out as a Bundle."""
    bare, _, query = path.partition("?")
    junk.is_well(method, bare, query.encode(), {b"content-type": kind}, body)


@FEW
@given(
    more=st.dictionaries(
        KEYS | st.sampled_from(["status", "valueString", "note", "extension", "_status"]), JSON, max_size=4
    )
)
def test_junk_in_a_resource(junk: Junk, more: dict[str, Any]) -> None:
    """A good resource with anything in it: kept or refused, and what is kept is read again."""
    body = json.dumps({**weight(), **more}).encode()
    try:
        decode(body)
    except NotJson:
        return
    junk.is_well("POST", "Observation", b"", {b"content-type": b"application/fhir+json"}, body)
    junk.is_well("GET", "Observation", b"_sort=-date&_count=5", {}, b"")


@FEW
@given(entries=st.lists(JSON, max_size=3), kind=st.sampled_from(["batch", "transaction"]))
def test_junk_in_a_bundle(junk: Junk, entries: list[Any], kind: str) -> None:
    """Entries of any form."""
    body = json.dumps({"resourceType": "Bundle", "type": kind, "entry": entries}).encode()
    junk.is_well("POST", "", b"", {b"content-type": b"application/fhir+json"}, body)


@pytest.mark.parametrize("name", ["If-None-Exist", "If-Match", "Prefer", "Origin", "If-None-Match", "Accept"])
def test_no_header_of_ours_holds_a_line_of_theirs(junk: Junk, name: str) -> None:
    """What is sent with a line break in it, plain or encoded, makes no line in an answer."""
    for value in (b"x\r\nSet-Cookie: a=b", b"return=minimal\r\nX: y", b"identifier=a|b%0d%0aX: y"):
        headers = {name.lower().encode(): value, b"content-type": b"application/fhir+json"}
        junk.is_well("POST", "Observation", b"", headers, json.dumps(weight()).encode())
        junk.is_well("GET", "Patient/ann\r\nX: y", b"", headers, b"")
