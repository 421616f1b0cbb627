"""Clients that a hospital registers by itself: what is taken, what is refused, and what is kept of a secret."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from joserfc.jwk import ECKey, RSAKey
from typer.testing import CliRunner

from tabard.cli.hospital import app
from tabard.gateway import ClientKind
from tabard.gateway.smart.client_secrets import is_secret
from tabard.ground.errors import NotFound
from tabard.hospital import BadClient, Hospital, NewClient, init, load
from unit.hospital.a_centre import CHEAP

SCOPES = "launch launch/patient openid patient/*.rs"
BACK = "https://app.example/back"
KEY = ECKey.generate_key("P-384", {"kid": "k", "alg": "ES384"})


@pytest.fixture
def hospital(tmp_path: Path) -> Hospital:
    """A hospital without products."""
    init(tmp_path / "h", "St Elsewhere", "RXX", 8000, cost=CHEAP)
    return load(tmp_path / "h", cost=CHEAP)


def new(**changed: Any) -> NewClient:
    """A good public app, some of it changed."""
    good = {"name": "Growth charts", "scopes": SCOPES, "redirect_uris": (BACK,)}
    return NewClient(**(good | changed))


def public(key: ECKey | RSAKey) -> dict[str, Any]:
    return {"keys": [dict(key.as_dict(private=False))]}


def test_a_public_app_is_registered_and_known_to_the_gateway(hospital: Hospital) -> None:
    """Found by its id, public, of a third party, its pages' origin that of its first address; after a restart too."""
    client, secret = hospital.clients.add(new(id="growth"))
    assert secret is None
    assert (client.is_public, client.kind, client.origin) == (True, ClientKind.third_party, "https://app.example")
    assert load(hospital.folder.root, cost=CHEAP).registry.client("growth") == client


def test_a_secret_is_shown_once_and_kept_as_a_salted_digest(hospital: Hospital) -> None:
    """The file holds nothing by which to prove oneself; two equal secrets would not look equal."""
    client, secret = hospital.clients.add(new(with_secret=True))
    other, _ = hospital.clients.add(new(with_secret=True))
    assert secret is not None
    assert is_secret(secret, client.secret_digest)
    assert not is_secret(secret, other.secret_digest)
    assert not is_secret("", None)
    assert secret.encode() not in hospital.folder.database.read_bytes()


def test_keys_come_as_a_set_or_by_address(hospital: Hospital) -> None:
    """Either makes a client that must prove itself."""
    assert not hospital.clients.add(new(jwks=public(KEY)))[0].is_public
    assert not hospital.clients.add(new(jwks_uri="https://app.example/jwks.json"))[0].is_public


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "two\nlines"},
        {"id": "a b"},
        {"id": "../x"},
        {"id": "system"},
        {"scopes": ""},
        {"scopes": "patient/Observation.sr"},
        {"scopes": "system/*.rs"},
        {"redirect_uris": ()},
        {"redirect_uris": ("http://app.example/back",)},
        {"redirect_uris": ("https://app.example/back#x",)},
        {"redirect_uris": ("https://user@app.example/back",)},
        {"redirect_uris": ("https://app.example/*",)},
        {"redirect_uris": ("javascript:alert(1)",)},
        {"redirect_uris": ("data:text/html,x",)},
        {"redirect_uris": ("myapp:/back",)},
        {"redirect_uris": ("https://app.example/a b",)},
        {"redirect_uris": ("https://app.example:99999/",)},
        {"redirect_uris": ("https:///back",)},
        {"launch_uri": "http://app.example/launch"},
        {"origin": "https://app.example/"},
        {"jwks_uri": "http://app.example/jwks.json"},
        {"jwks": {"keys": []}},
        {"jwks": {"keys": [dict(KEY.as_dict(private=True))]}},
        {"with_secret": True, "jwks_uri": "https://app.example/jwks.json"},
        {"kind": ClientKind.backend},
        {"kind": ClientKind.backend, "redirect_uris": (), "scopes": "system/*.rs"},
        {"kind": ClientKind.backend, "redirect_uris": (), "scopes": "system/*.rs", "with_secret": True},
        {"kind": ClientKind.backend, "redirect_uris": (), "scopes": SCOPES, "jwks": public(KEY)},
    ],
    ids="-".join,
)
def test_what_cannot_be_trusted_is_not_registered(hospital: Hospital, changed: dict[str, Any]) -> None:
    """Names that mislead, addresses without TLS or with two readings, private keys, services without keys."""
    with pytest.raises(BadClient):
        hospital.clients.add(new(**changed))
    assert hospital.clients.all() == ()


@pytest.mark.parametrize("uri", ["http://localhost:9000/cb", "http://127.0.0.1:9000/", "com.example.app:/back"])
def test_apps_on_this_machine_or_a_device_are_taken(hospital: Hospital, uri: str) -> None:
    """Loopback with its port, and a scheme that is a domain name backwards."""
    assert hospital.clients.add(new(redirect_uris=(uri,)))[0].redirect_uris == (uri,)


def test_an_id_is_given_once_for_ever(hospital: Hospital) -> None:
    """Neither while it is here nor after it was removed is an id somebody else's, and never a product's."""

    class Products:
        def client(self, id: str) -> object:  # noqa: A002  the port's word
            return object() if id == "ward-board" else None

    hospital.clients.add(new(id="growth"))
    with pytest.raises(BadClient):
        hospital.clients.add(new(id="growth"))
    hospital.clients.remove("growth")
    with pytest.raises(BadClient):
        hospital.clients.add(new(id="growth"))
    with pytest.raises(BadClient):
        hospital.clients.add(new(id="ward-board"), Products())  # type: ignore[arg-type]  # a fake of one verb


def test_a_removed_client_is_nobody_and_owes_its_tokens(hospital: Hospital) -> None:
    """It is not found; whoever serves the hospital hears that its tokens are to be ended, until they are."""
    hospital.clients.add(new(id="growth"))
    hospital.clients.remove("growth")
    assert hospital.registry.client("growth") is None
    assert hospital.clients.owed() == ("growth",)
    hospital.clients.settle("growth")
    assert hospital.clients.owed() == ()
    with pytest.raises(NotFound):
        hospital.clients.remove("growth")


def test_the_commands_register_list_and_remove(hospital: Hospital, tmp_path: Path) -> None:
    """Each answers in JSON; the secret is in the answer that made it and in no other; a key file that is none is an error."""
    folder, run = str(hospital.folder.root), CliRunner().invoke
    (tmp_path / "jwks.json").write_bytes(msgspec.json.encode(public(KEY)))
    base = ["client", "add", folder, "--name", "App", "--scope", SCOPES, "--redirect", BACK, "--json"]
    made = msgspec.json.decode(run(app, [*base, "--secret", "--id", "one"]).stdout)
    keyed = msgspec.json.decode(run(app, [*base, "--jwks", str(tmp_path / "jwks.json"), "--id", "two"]).stdout)
    assert (made["client_id"], made["proof"], keyed["proof"]) == ("one", "secret", "keys")
    assert made["client_secret"]
    listed = run(app, ["client", "list", folder, "--json"]).stdout
    assert [one["client_id"] for one in msgspec.json.decode(listed)] == ["one", "two"]
    assert made["client_secret"] not in listed
    assert run(app, ["client", "remove", folder, "one"]).exit_code == 0
    assert run(app, [*base, "--jwks", str(tmp_path / "nowhere.json")]).exit_code != 0
    assert msgspec.json.decode(run(app, ["keys", "rotate", folder, "--json"]).stdout)["kid"]
