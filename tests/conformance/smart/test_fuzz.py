"""Whatever comes to the OAuth endpoints, the answer is a refusal that was meant, and never a token, a fault or a redirect elsewhere."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings, strategies as st

from conformance.smart.smart_world import BACK, DOCTOR, SmartWorld, smart_world

NAMES = st.sampled_from(
    [
        "grant_type",
        "client_id",
        "code",
        "redirect_uri",
        "code_verifier",
        "refresh_token",
        "scope",
        "client_assertion",
        "client_assertion_type",
        "token",
        "client_secret",
        "response_type",
        "state",
        "aud",
        "launch",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "prompt",
        "max_age",
        "request",
    ]
)
LIKELY = st.sampled_from(
    [
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "growth",
        "clinic",
        "service",
        "S256",
        "code",
        "none",
        "launch",
        "launch/patient",
        "patient/*.rs",
        "user/Patient.read",
        "system/*.cruds",
        "patient/Observation.rs?category=a|b",
        "eyJhbGciOiJub25lIn0.e30.",
        "0",
        "-1",
    ]
)
VALUES = st.one_of(LIKELY, st.text(max_size=40), st.just(BACK), st.just("http://localhost:8000/fhir"))
FORMS = st.lists(st.tuples(NAMES, VALUES), max_size=8)
PATHS = st.sampled_from(("/auth/token", "/auth/revoke", "/auth/introspect", "/auth/authorize"))
HEADERS = st.sampled_from(
    ({}, {"Authorization": "Basic Z3Jvd3RoOg=="}, {"Authorization": "Basic \xff"}, {"Authorization": "Bearer"})
)


def encoded(form: list[tuple[str, str]]) -> bytes:
    """The form, also with what no text can hold."""
    from urllib.parse import quote_plus  # noqa: PLC0415  here alone

    return "&".join(f"{name}={quote_plus(value.encode('utf-8', 'surrogatepass'))}" for name, value in form).encode()


def test_fuzz__forms() -> None:
    """Any form at any endpoint: 2xx, 3xx to ourselves or the registered address, or 4xx; never 500, and no access token."""
    with TemporaryDirectory() as folder, smart_world(Path(folder)) as smart:

        @settings(max_examples=250)
        @given(PATHS, FORMS, HEADERS)
        def fuzz(path: str, form: list[tuple[str, str]], headers: dict[str, str]) -> None:
            more = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"session={DOCTOR.id}", **headers}
            raw = {name.encode(): value.encode("latin-1") for name, value in more.items()}
            _judge(smart, "POST", path, content=encoded(form), headers=raw)
            if path == "/auth/authorize":
                _judge(smart, "GET", f"{path}?{encoded(form).decode()}", headers={"Cookie": f"session={DOCTOR.id}"})

        fuzz()


def test_fuzz__bytes() -> None:
    """Bytes that are no form, of any declared kind: a refusal."""
    kinds = st.sampled_from(
        ("application/x-www-form-urlencoded", "application/json", "multipart/form-data", "", "a/b; c")
    )
    with TemporaryDirectory() as folder, smart_world(Path(folder)) as smart:

        @settings(max_examples=100)
        @given(PATHS, st.binary(max_size=200), kinds)
        def fuzz(path: str, body: bytes, kind: str) -> None:
            _judge(smart, "POST", path, content=body, headers={"Content-Type": kind})

        fuzz()


def _judge(smart: SmartWorld, method: str, path: str, **more: object) -> None:
    answer = smart.ask(method, path, **more)
    assert answer.status_code < 500, answer.text
    assert b"access_token" not in answer.content
    location = answer.headers.get("location", BACK)
    assert location.startswith((BACK, "/auth/authorize?", "/sign-in?", "/choose-patient?", "/consent?"))
