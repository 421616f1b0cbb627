"""`tabard hospital subscription` on the command line: a trust sees who is told, stops it, and says where clients may be told."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tabard.audit import AuditLog, read
from tabard.cli.hospital import app
from tabard.cli.person import VARIABLE
from tabard.database import engine
from tabard.gateway.egress import Approvals
from tabard.gateway.errors import Refused
from tabard.gateway.model import ClientKind
from tabard.gateway.subscriptions import FILE, Content, Endpoints, Owner, Shelf, Status, Subscription, Wanted
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.time import system_clock

SECRET = "Bearer of-the-endpoint"


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hospital with an administrator, a registered service, and a subscription of that."""
    folder = tmp_path / "h"
    begun = CliRunner().invoke(app, ["init", str(folder), "--name", "St Elsewhere", "--ods", "RXX", "--json"])
    monkeypatch.setenv(VARIABLE, json.loads(begun.stdout)["password"])
    (tmp_path / "username").write_text(json.loads(begun.stdout)["username"])
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [_key()]}))
    added = CliRunner().invoke(
        app,
        ["client", "add", str(folder), "--name", "S", "--scope", "system/*.rs", "--backend", "--id", "svc", "--jwks", str(keys)],
        catch_exceptions=False,
    )  # fmt: skip
    assert added.exit_code == 0, added.output
    now = system_clock()
    wanted = Wanted(
        "urn:tabard:topic:encounter-start", "Beds", Content.id_only, "https://h.example.org/x", (("X", SECRET),)
    )
    one = Subscription(
        "11111111-2222-3333-4444-555555555555", 1, Owner("svc", "system/svc", "{}"), ClientKind.backend, None,
        "system/*.rs", Status.active, "", wanted, now, now, 1, 3, 0, now, now,
    )  # fmt: skip
    tables = engine(folder / FILE)
    Shelf(tables, system_clock).add(one)
    tables.dispose()
    return folder


def _key() -> dict[str, str]:
    from joserfc.jwk import ECKey  # noqa: PLC0415  this fixture alone

    told = ECKey.generate_key("P-384", {"kid": "k1", "alg": "ES384", "use": "sig"}).as_dict(private=False)
    return {name: str(value) for name, value in told.items()}


def told(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["subscription", *arguments], catch_exceptions=False)


def admin(folder: Path) -> str:
    """The first account's name."""
    return (folder.parent / "username").read_text()


def test_a_trust_sees_who_is_told(folder: Path) -> None:
    """In words and in JSON: whose, to what, where, how it stands; no header."""
    words = told("list", str(folder)).stdout
    assert "svc" in words
    assert "https://h.example.org/x" in words
    (one,) = json.loads(told("list", str(folder), "--json").stdout)
    assert (one["client"], one["status"], one["events"]) == ("svc", "active", 3)
    assert "of-the-endpoint" not in words + json.dumps(one)


def test_a_trust_stops_one(folder: Path) -> None:
    """By an administrator, with a reason, which is in the audit; what there is not is told."""
    (one,) = json.loads(told("list", str(folder), "--json").stdout)
    with pytest.raises(CallerError):
        told("off", str(folder), one["id"], "--by", admin(folder), "--reason", "x")
    assert "is off" in told("off", str(folder), one["id"], "--by", admin(folder), "--reason", "no contract").stdout
    (after,) = json.loads(told("list", str(folder), "--json").stdout)
    assert (after["status"], after["error"]) == ("off", "The hospital turned it off.")
    (event,) = read(folder / "audit", action="subscription-off")
    assert (event["purpose"], event["client"]) == ("no contract", "svc")
    with pytest.raises(NotFound):
        told("off", str(folder), "nothing", "--by", admin(folder), "--reason", "no contract")


def test_a_trust_says_where_a_client_may_be_told(folder: Path) -> None:
    """Approved, it is; withdrawn, it is not; a client that is not registered is nobody."""
    told("approve", str(folder), "svc", "h.example.org", "--by", admin(folder), "--reason", "agreed by IG")
    assert _may(folder)
    told("withdraw", str(folder), "svc", "h.example.org", "--by", admin(folder), "--reason", "contract over")
    assert not _may(folder)
    with pytest.raises(NotFound):
        told("approve", str(folder), "nobody", "h.example.org", "--by", admin(folder), "--reason", "agreed")
    with pytest.raises(Refused):
        told("approve", str(folder), "svc", "h.example.org/path", "--by", admin(folder), "--reason", "agreed")


def test_what_was_done_is_told_as_json(folder: Path) -> None:
    """For whoever does it by a script."""
    by = ("--by", admin(folder), "--reason", "agreed by IG", "--json")
    for word, is_approved in (("approve", True), ("withdraw", False)):
        done = json.loads(told(word, str(folder), "svc", "h.example.org", *by).stdout)
        assert done == {"client": "svc", "host": "h.example.org", "approved": is_approved}
        assert _may(folder) is is_approved
    (one,) = json.loads(told("list", str(folder), "--json").stdout)
    assert json.loads(told("off", str(folder), one["id"], *by).stdout)["status"] == "off"


def _may(folder: Path) -> bool:
    tables, audit = engine(folder / "gateway.db"), AuditLog(folder / "audit", system_clock)
    try:
        declared = Approvals(tables, lambda _: (), audit, system_clock)
        Endpoints(tables, declared, audit, system_clock).require("svc", ClientKind.backend, "https://h.example.org/x")
    except Refused:
        return False
    else:
        return True
    finally:
        audit.close()
        tables.dispose()
