"""`tabard store` on the command line."""

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner, Result

from tabard.cli.store import app
from tabard.ground.errors import CallerError
from tabard.ground.keys import new_signing_key, write_signing_key
from tabard.store import load
from unit.store.world import World, world as made


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture
def world(tmp_path: Path) -> World:
    return made(tmp_path)


def public(folder: Path) -> str:
    """The file of a fresh public key."""
    path = folder / "key.pub"
    path.write_text(new_signing_key().public.pem)
    return str(path)


def test_a_store_is_begun_and_says_what_must_leave_the_machine(tmp_path: Path) -> None:
    """The answer names the root's fingerprint, what hospitals pin, and the keys to move away."""
    result = run("init", str(tmp_path / "s"), "--name", "The store", "--port", "8601")
    assert "move them off this machine now" in result.output
    assert (tmp_path / "s/root.json").is_file()
    assert (tmp_path / "s-offline/root-1.pem").is_file()
    with pytest.raises(CallerError, match="not empty"):
        run("init", str(tmp_path / "s"), "--name", "The store")


def test_a_store_is_begun_for_a_program(tmp_path: Path) -> None:
    """--json answers where everything is; --offline names where the keys of people go."""
    away = tmp_path / "usb"
    told = msgspec.json.decode(run("init", str(tmp_path / "s"), "--name", "X", "--offline", str(away), "--json").stdout)
    assert (told["port"], told["offline"], len(told["root_sha256"])) == (8600, str(away), 64)


def test_a_publisher_is_enrolled(world: World, tmp_path: Path) -> None:
    """The answer names the keys and until when they count."""
    folder = str(world.store.folder.root)
    told = ("enrol-publisher", folder, "--ods", "RYY", "--name", "A trust", "--key", public(tmp_path))
    assert "A trust (RYY) may submit what it signs with" in run(*told).output
    assert load(world.store.folder.root).publishers.find("RYY") is not None
    with pytest.raises(CallerError, match="enrolled already"):
        run(*told)


def test_an_assessor_is_enrolled_by_the_offline_keys(world: World, tmp_path: Path) -> None:
    """The password is shown this once; without the targets keys nobody is enrolled."""
    folder, away = str(world.store.folder.root), str(world.begun.offline)
    told = (
        "enrol-assessor",
        folder,
        "--name",
        "Di New",
        "--role",
        "security",
        "--organisation",
        "X26",
        "--key",
        public(tmp_path),
    )
    with pytest.raises(CallerError):
        run(*told, "--offline", str(tmp_path))
    output = run(*told, "--offline", away, "--username", "di").output
    assert "Di New judges as security" in output
    password = output.split("password  ")[1].split()[0]
    assert load(world.store.folder.root).accounts.check("di", password) is not None


def test_a_private_key_is_not_taken(world: World, tmp_path: Path) -> None:
    """Whoever hands over a private key is told to make a new one; it is not enrolled."""
    path = tmp_path / "key.pem"
    write_signing_key(path, new_signing_key())
    for file in (str(path), str(tmp_path / "none"), str(tmp_path)):
        with pytest.raises(CallerError) as told:
            run("enrol-publisher", str(world.store.folder.root), "--ods", "RYY", "--name", "A", "--key", file)
        assert ("private key" in str(told.value)) == (file == str(path))
