"""A destination's settings: a file that a person wrote, refused with the place and what would be right."""

from pathlib import Path

import pytest

from tabard.ground.errors import CallerError, NotFound
from tabard.link.out import Destination, TlsSettings, list_destinations, load_destination

_WHOLE = """
host = "tie.example.nhs.uk"
port = 6661
ack_timeout_s = 20
tries = 3
waits_for_application = true

[tls]
ca = "tie-ca.pem"
certificate = "tabard.pem"
key = "tabard.key"
"""


def _write(folder: Path, text: str, name: str = "tie") -> Path:
    (folder / "destinations").mkdir(exist_ok=True)
    path = folder / "destinations" / f"{name}.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_destination_is_read(tmp_path: Path) -> None:
    """Its name is the file's; what is not said has its default; a whole number is a time too."""
    _write(tmp_path, _WHOLE)
    assert load_destination(tmp_path, "tie") == Destination(
        "tie",
        "tie.example.nhs.uk",
        6661,
        tls=TlsSettings("tie-ca.pem", "tabard.pem", "tabard.key"),
        ack_timeout_s=20,
        tries=3,
        waits_for_application=True,
    )


def test_destinations_are_listed_by_name(tmp_path: Path) -> None:
    """A hospital without any has none."""
    assert list_destinations(tmp_path) == ()
    for name in ("b", "a"):
        _write(tmp_path, 'host = "::1"\nport = 1', name)
    assert [one.name for one in list_destinations(tmp_path)] == ["a", "b"]


@pytest.mark.parametrize("name", ["tie", "../tie", "", "A"])
def test_an_unknown_destination_is_told(tmp_path: Path, name: str) -> None:
    """With what would make it one."""
    with pytest.raises(NotFound) as told:
        load_destination(tmp_path, name)
    assert told.value.remedy


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("port = 1", "host"),
        ('host = "a"', "port"),
        ('host = ""\nport = 1', "host"),
        ('host = "a b"\nport = 1', "host"),
        ('host = "a"\nport = 0', "port"),
        ('host = "a"\nport = "1"', "port"),
        ('host = "a"\nport = true', "port"),
        ('host = "a"\nport = 1\ntries = 0', "tries"),
        ('host = "a"\nport = 1\ntries = 1.5', "tries"),
        ('host = "a"\nport = 1\nack_timeout_s = nan', "ack_timeout_s"),
        ('host = "a"\nport = 1\nack_timeout_s = inf', "ack_timeout_s"),
        ('host = "a"\nport = 1\nack_timeout_s = -1', "ack_timeout_s"),
        ('host = "a"\nport = 1\nfirst_pause_s = 9\nlongest_pause_s = 1', "longest_pause_s"),
        ('host = "a"\nport = 1\nack_timeout = 1', "ack_timeout"),
        ('host = "a"\nport = 1\nwaits_for_application = 1', "waits_for_application"),
        ('host = "a"\nport = 1\nname = "B"', "name"),
        ('host = "a"\nport = 1\ntls = true', "tls"),
        ('host = "a"\nport = 1\n[tls]\nca = 1', "tls.ca"),
        ('host = "a"\nport = 1\n[tls]\nca = "../ca.pem"', "tls.ca"),
        ('host = "a"\nport = 1\n[tls]\ncertificate = "c.pem"', "tls.key"),
        ('host = "a"\nport = 1\n[tls]\nverify = false', "tls.verify"),
        ("host = ", ""),
        ("a" + ".a" * 40 + " = 1", ""),
    ],
)
def test_a_wrong_setting_is_told_with_its_place(tmp_path: Path, text: str, where: str) -> None:
    """File and field, what was expected, what was got; nothing unknown is passed over, and no check can be switched off."""
    path = _write(tmp_path, text)
    with pytest.raises(CallerError) as told:
        load_destination(tmp_path, "tie")
    assert told.value.where == (f"{path}, {where}" if where else str(path))
    assert told.value.got
    assert told.value.remedy
