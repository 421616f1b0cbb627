"""A hospital served by TLS: the certificate of its settings, no old version, and what a proxy says believed from it alone."""

import asyncio
import datetime as dt
import signal
import socket
import ssl
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from tabard.ground.errors import CallerError
from tabard.hospital import BadSettings, Tls, init, load
from tabard.wiring.proxied import Proxied, Unproxied
from tabard.wiring.serving import secured


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """A certificate for localhost, signed by itself."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(pem)
    return Tls(folder / "cert.pem", folder / "key.pem")


def test_a_hospital_answers_by_tls_and_names_itself_so(tls: Tls, tmp_path: Path) -> None:
    """`tabard hospital serve` with [tls]: discovery over https names https addresses; plain http and TLS 1.1 get nothing."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    init(tmp_path / "h", "St Elsewhere", "RXX", port)
    _set(tmp_path / "h", port, f'[tls]\ncertificate = "{tls.certificate}"\nkey = "{tls.key}"\n')
    command = [sys.executable, "-m", "tabard", "hospital", "serve", str(tmp_path / "h")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603  our own command
        assert process.stdout is not None
        assert process.stdout.readline().startswith(f"St Elsewhere: https://localhost:{port}")
        trusting = ssl.create_default_context(cafile=str(tls.certificate))
        with httpx.Client(verify=trusting, trust_env=False) as client:
            told = client.get(f"https://localhost:{port}/fhir/.well-known/smart-configuration").json()
        assert told["token_endpoint"] == f"https://localhost:{port}/auth/token"
        with pytest.raises(httpx.HTTPError), httpx.Client(trust_env=False) as client:
            client.get(f"http://localhost:{port}/fhir/metadata")
        old = ssl.create_default_context(cafile=str(tls.certificate))
        old.set_ciphers("ALL:@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1"):
            old.minimum_version = ssl.TLSVersion.TLSv1
        with pytest.warns(DeprecationWarning, match="TLSv1"):
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", port)) as raw:
            old.wrap_socket(raw, server_hostname="localhost").close()
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == 0


def test_tls_is_1_2_and_above_with_forward_secrecy(tls: Tls) -> None:
    """No older version can be spoken, and every cipher keeps what was said secret after a key is lost."""
    context = secured(tls)
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    names = [str(one["name"]) for one in context.get_ciphers()]
    assert all(name.startswith(("TLS_", "ECDHE-")) for name in names)


def test_files_that_do_not_go_together_are_told(tls: Tls, tmp_path: Path) -> None:
    """A key of another certificate is one clear error before anything is served."""
    other = ec.generate_private_key(ec.SECP256R1())
    plain = serialization.NoEncryption()
    pem = other.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (tmp_path / "other.pem").write_bytes(pem)
    with pytest.raises(CallerError, match="TLS cannot be spoken"):
        secured(Tls(tls.certificate, tmp_path / "other.pem"))


@pytest.mark.parametrize(
    ("scheme", "more"),
    [
        ("http", '[proxy]\ntrusted = ["10.0.0.1"]\n'),
        ("https", '[proxy]\ntrusted = ["0.0.0.0/0"]\n'),
        ("https", "[proxy]\ntrusted = []\n"),
        ("https", '[tls]\ncertificate = "nowhere.pem"\nkey = "nowhere.key"\n'),
        ("http", 'listen = "0.0.0.0"\n'),
        ("https", 'listen = "everywhere"\n[proxy]\ntrusted = ["10.0.0.1"]\n'),
    ],
)
def test_settings_that_would_let_anybody_in_are_refused(tmp_path: Path, scheme: str, more: str) -> None:
    """A proxy without https, everybody as a proxy, certificates that are not there, an open port without TLS."""
    init(tmp_path / "h", "St Elsewhere", "RXX", 8000)
    _set(tmp_path / "h", 8000, more, scheme)
    with pytest.raises(BadSettings):
        load(tmp_path / "h")


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("10.0.0.7", {"x-forwarded-proto": "https", "x-forwarded-host": "h.example"}, 200),
        ("10.0.0.7", {"x-forwarded-proto": "http", "x-forwarded-host": "h.example"}, 421),
        ("10.0.0.7", {"x-forwarded-host": "h.example"}, 421),
        ("10.0.0.7", {"x-forwarded-proto": "https, http"}, 421),
        ("192.0.2.1", {"x-forwarded-proto": "https", "x-forwarded-host": "h.example"}, 421),
    ],
)
def test_only_the_trusted_proxy_is_believed(peer: str, headers: dict[str, str], status: int) -> None:
    """A stranger's forwarding headers open nothing; the proxy's own last word counts."""
    app = Proxied(_echo, (ip_network("10.0.0.0/24"),))
    answer = _ask(app, peer, headers)
    assert answer.status_code == status
    if status == 200:
        assert answer.text == "https h.example"


def test_without_a_proxy_nobody_s_word_is_taken() -> None:
    """Forwarding headers do not reach the pages."""
    answer = _ask(Unproxied(_echo), "127.0.0.1", {"x-forwarded-proto": "https", "x-forwarded-host": "evil.example"})
    assert answer.text == "http tabard.example"


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    headers = dict(scope["headers"])
    assert b"x-forwarded-host" not in headers
    await PlainTextResponse(f"{scope['scheme']} {headers[b'host'].decode()}")(scope, receive, send)


def _ask(app: Proxied | Unproxied, peer: str, headers: dict[str, str]) -> httpx.Response:
    async def asking() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(peer, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://tabard.example") as client:
            return await client.get("/", headers=headers)

    return asyncio.run(asking())


def _set(folder: Path, port: int, more: str, scheme: str = "https") -> None:
    path = folder / "hospital.toml"
    kept = path.read_text().replace(f"http://localhost:{port}", f"{scheme}://localhost:{port}")
    path.write_text(f"{kept}\n{more}")
