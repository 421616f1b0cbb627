"""Egress over real TLS to a host on this machine: what is declared and approved goes out and comes back, all else does not."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import ClassVar

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tabard.gateway import EncounterContext, Gateway, Refused
from tabard.gateway.egress import Bounds, Caller
from tabard.product import Outside
from unit.gateway.world import BASE, BOARD, ORIGIN, World, a_world

NAME = "dose.example.org"
SECONDS = 20


class Host(BaseHTTPRequestHandler):
    """A host outside: it says what it got, or does what a path asks for."""

    got: ClassVar[list[tuple[str, str, dict[str, str], bytes]]] = []
    slow: ClassVar[Event] = Event()

    def do_POST(self) -> None:
        """Answer."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.got.append((self.command, self.path, headers, body))
        match self.path.partition("?")[0]:
            case "/redirect":
                self._say(302, b"", location="https://elsewhere.example.org/")
            case "/large":
                self._say(200, b"x" * 300_000)
            case "/drip":
                self._drip()
            case "/torn":
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"half an ans")
            case _:
                more = {"set-cookie": "a=b", "access-control-allow-origin": "*", "etag": '"1"'}
                self._say(200, b'{"dose":"ok"}', **{"content-type": "application/json", **more})

    do_GET = do_POST  # noqa: N815  the base class's word

    def _say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        """A byte now and then, without an end."""
        self.send_response(200)
        self.end_headers()
        try:
            while not self.slow.wait(0.05):
                self.wfile.write(b".")
                self.wfile.flush()
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        """Nothing."""


def certificate(folder: Path, name: str = NAME) -> Path:
    """A certificate of that name, signed by itself, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


@contextmanager
def serving(pem: Path) -> Iterator[int]:
    """The host on a port of this machine."""
    Host.got = []
    Host.slow.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        Host.slow.set()
        server.shutdown()
        thread.join()
        server.server_close()


class Out:
    """A hospital with a product that declares the host, and what a test turns."""

    def __init__(self, world: World, port: int, trust: ssl.SSLContext, *, internal: bool = True) -> None:
        self.world, self.port, self.host = world, port, f"{NAME}:{port}"
        self.declared = (Outside(self.host, "Dose checks.", ("medicines",)),)
        inside = frozenset({(NAME, port)}) if internal else frozenset()
        bounds = Bounds(request_bytes=100_000, answer_bytes=200_000, seconds=SECONDS)
        self.caller = Caller(inside, bounds, lambda *_: ("127.0.0.1",), trust)
        self.open()

    def open(self) -> None:
        """The gateway, with egress as it stands."""
        world = self.world
        world.gateway = Gateway(
            base_url=BASE,
            record=world.record,
            feeds=lambda: world.feeds,
            clients=world.clients,
            sessions=world.sessions,
            audit=world.audit,
            engine=world.engine,
            clock=world.clock,
            outside=lambda product: self.declared if product == "board" else (),
            caller=self.caller,
        )

    def approve(self, *, approve: bool = True) -> None:
        """The hospital's word."""
        roles = frozenset({"admin"})
        self.world.gateway.egress.decide("p-admin", roles, "board", self.host, "agreed by IG", approve=approve)

    def ask(self, path: str = "/check?dose=5", host: str | None = None, **more: object) -> httpx.Response:
        """A call of the product."""
        token = self.world.access(EncounterContext("e-ann", "ann"))
        headers = {"Authorization": f"Bearer {token}", "Origin": BOARD, **more.pop("headers", {})}  # type: ignore[dict-item]  # as a test says it
        method = str(more.pop("method", "POST"))
        return self.world.ask(method, f"{ORIGIN}/egress/{host or self.host}{path}", headers=headers, **more)

    def events(self) -> list[dict[str, object]]:
        """What the audit has of egress."""
        return self.world.audited(action="egress")


@pytest.fixture(name="pem", scope="module")
def _pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(name="out")
def _out(tmp_path: Path, pem: Path) -> Iterator[Out]:
    with a_world(tmp_path) as world, serving(pem) as port:
        yield Out(world, port, ssl.create_default_context(cafile=str(pem)))


def test_what_is_declared_and_approved_goes_out_and_comes_back(out: Out) -> None:
    """The target as it came, the headers that may, both ways; never our token; both events with sizes, host, purpose, patient."""
    out.approve()
    sent = {
        "Tabard-Egress-Authorization": "ApiKey k",
        "Cookie": "session=x",
        "X-Odd": "1",
        "Content-Type": "text/plain",
    }
    answer = out.ask(content=b"paracetamol", headers=sent)
    assert (answer.status_code, answer.json()) == (200, {"dose": "ok"})
    ((method, target, headers, body),) = Host.got
    assert (method, target, body) == ("POST", "/check?dose=5", b"paracetamol")
    assert headers["authorization"] == "ApiKey k"
    assert headers["host"] == out.host
    assert not {"cookie", "origin", "x-odd", "tabard-egress-authorization"} & headers.keys()
    assert "set-cookie" not in answer.headers
    assert answer.headers["access-control-allow-origin"] == BOARD
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["cache-control"] == "no-store"
    left, came = out.events()
    assert (left["resource"], left["purpose"]) == (f"urn:tabard:host:{out.host}", "Dose checks.")
    assert (left["sent_bytes"], came["received_bytes"]) == (len(b"paracetamol/check?dose=5"), len(b'{"dose":"ok"}'))
    assert (left["client"], left["patients"], left["outcome"]) == ("board", ["ann"], "granted")


def test_until_it_is_approved_nothing_goes_out_and_withdrawn_is_at_once(out: Out) -> None:
    """Declared is not approved; approved words that changed are not; each refusal is in the audit."""
    assert out.ask().status_code == 403
    out.approve()
    assert out.ask().status_code == 200
    out.declared = (Outside(out.host, "Something else.", ("everything",)),)
    assert out.ask().status_code == 403
    out.approve()
    out.approve(approve=False)
    assert out.ask().status_code == 403
    assert [event.get("reason") for event in out.events() if event["outcome"] == "refused"] == ["not_approved"] * 3
    assert len(Host.got) == 1


@pytest.mark.parametrize("host", ["other.example.org", NAME, f"{NAME}.", f"x.{NAME}:1", "127.0.0.1", "localhost:22"])
def test_an_undeclared_host_is_refused(out: Out, host: str) -> None:
    """Another name, the same on another port, a name that only looks the same, an address."""
    out.approve()
    answer = out.ask(host=host)
    assert answer.status_code == 403
    assert answer.json()["error"] == "not_declared"
    assert out.events()[-1]["reason"] == "not_declared"
    assert Host.got == []


@pytest.mark.parametrize("path", ["", "@evil.example.org/", "/a%0d%0aX: 1", "/a\u2028b"])
def test_no_address_and_no_header_is_smuggled_in(out: Out, path: str) -> None:
    """What is no path is refused; what is percent-encoded stays so."""
    out.approve()
    answer = out.ask(path)
    if path.startswith("/a"):
        assert all(
            "\r" not in target and "\n" not in target and "x" not in headers for _, target, headers, _ in Host.got
        )
    else:
        assert answer.status_code in {400, 403}
        assert Host.got == []


def test_a_private_address_is_refused_whatever_was_approved(tmp_path: Path, pem: Path) -> None:
    """The name leads to this machine: nothing is sent, and the audit says nothing was."""
    with a_world(tmp_path) as world, serving(pem) as port:
        out = Out(world, port, ssl.create_default_context(cafile=str(pem)), internal=False)
        out.approve()
        answer = out.ask()
        assert (answer.status_code, answer.json()["error"]) == (403, "inside")
        assert [event["outcome"] for event in out.events()] == ["refused"]
        assert Host.got == []


@pytest.mark.parametrize(("path", "error"), [("/redirect", "redirect"), ("/large", "answer_too_long")])
def test_what_the_host_may_not_do(out: Out, path: str, error: str) -> None:
    """No redirect is followed or told, no answer taken that is larger than may come in."""
    out.approve()
    answer = out.ask(path)
    assert (answer.status_code, answer.json()["error"]) == (502, error)
    assert "location" not in answer.headers
    assert [event.get("reason") for event in out.events()] == [None, error]


def test_half_an_answer_is_none(out: Out) -> None:
    """An answer without a length, whose connection ends without TLS saying so, may have been cut by anybody."""
    out.approve()
    answer = out.ask("/torn")
    assert (answer.status_code, answer.json()["error"]) == (502, "unreachable")


def test_a_host_that_drips_is_cut_off(out: Out) -> None:
    """However it keeps the line busy, the call ends."""
    out.caller = Caller(out.caller.internal, Bounds(seconds=0.5), out.caller.resolve, out.caller.trust)
    out.open()
    out.approve()
    answer = out.ask("/drip")
    assert (answer.status_code, answer.json()["error"]) == (504, "timeout")


def test_a_body_that_is_too_large_goes_nowhere(out: Out) -> None:
    """Refused and audited."""
    out.approve()
    assert out.ask(content=b"x" * 100_001).status_code == 413
    assert Host.got == []
    assert out.events()[-1]["reason"] == "body_too_long"


def test_a_host_that_cannot_prove_its_name_is_not_spoken_to(tmp_path: Path, pem: Path) -> None:
    """Another certificate, or one that nobody signed."""
    other = certificate(tmp_path, "other.example.org")
    with a_world(tmp_path) as world, serving(other) as port:
        for trusted in (other, pem):
            out = Out(world, port, ssl.create_default_context(cafile=str(trusted)))
            out.approve()
            assert out.ask(content=b"secret").json()["error"] == "certificate"
        assert Host.got == []


def test_nothing_goes_out_that_is_not_audited(out: Out) -> None:
    """The audit first."""
    out.approve()
    token = out.world.access(EncounterContext("e-ann", "ann"))
    out.world.audit.close()
    headers = {"Authorization": f"Bearer {token}"}
    assert out.world.ask("POST", f"{ORIGIN}/egress/{out.host}/check", headers=headers).status_code == 503
    assert Host.got == []


@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "Basic eDp5"])
def test_without_a_token_nothing(out: Out, authorization: str | None) -> None:
    """Who does not say who they are."""
    out.approve()
    headers = {} if authorization is None else {"Authorization": authorization}
    assert out.world.ask("GET", f"{ORIGIN}/egress/{out.host}/check", headers=headers).status_code == 401
    assert Host.got == []


def test_on_its_own_socket_a_product_is_known_without_a_token(out: Out) -> None:
    """Its server may call what it declared; on another product's socket the same is undeclared, and a foreign token nothing."""
    out.approve()

    def ask(product: str, **headers: str) -> httpx.Response:
        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app=out.world.gateway.socket_of(product))
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                return await client.get(f"/egress/{out.host}/check", headers=headers)

        return out.world.runner.run(run())

    assert ask("board").status_code == 200
    assert (ask("rival").status_code, ask("rival").json()["error"]) == (403, "not_declared")
    token = out.world.access(EncounterContext("e-ann", "ann"))
    assert ask("rival", Authorization=f"Bearer {token}").status_code == 401


@pytest.mark.parametrize(
    ("roles", "host", "reason"), [({"clinician"}, "", "fine"), ({"admin"}, "x.org", "fine"), ({"admin"}, "", " ")]
)
def test_who_may_approve_what(out: Out, roles: set[str], host: str, reason: str) -> None:
    """An administrator, a declared host, for a reason."""
    with pytest.raises(Refused):
        out.world.gateway.egress.decide("p", frozenset(roles), "board", host or out.host, reason, approve=True)
    assert out.world.audited(action="approve-egress") == []
