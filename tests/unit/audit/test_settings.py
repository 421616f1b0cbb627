"""Where heads go: read whole, refused whole."""

from pathlib import Path

import pytest

from tabard.audit import Settings, read_settings
from tabard.ground.errors import CallerError


def test_nothing_said_is_nowhere(tmp_path: Path) -> None:
    """A hospital that says nothing copies nothing."""
    assert read_settings(tmp_path / "hospital.toml") == Settings()


def test_a_file_and_an_address(tmp_path: Path) -> None:
    """Both may be said."""
    toml = tmp_path / "hospital.toml"
    toml.write_text('[audit]\nheads_file = "/mnt/x/heads"\nheads_url = "https://siem.trust.example/heads"\n')
    assert read_settings(toml) == Settings(Path("/mnt/x/heads"), "https://siem.trust.example/heads")


@pytest.mark.parametrize(
    "told",
    [
        'heads_url = "http://siem.trust.example/heads"',
        'heads_url = "https://user:word@siem.trust.example/"',
        'heads_url = "ftp://siem.trust.example/"',
        'heads_url = "https:///heads"',
        'heads_url = "https://[::1/heads"',
        'heads_file = "heads"',
        "heads_file = 7",
        'heads = "x"',
    ],
)
def test_what_is_unsafe_or_unknown_is_refused(tmp_path: Path, told: str) -> None:
    """In the clear, with a password, a part of a path, a word nobody knows: told with its place."""
    toml = tmp_path / "hospital.toml"
    toml.write_text(f"[audit]\n{told}\n")
    with pytest.raises(CallerError):
        read_settings(toml)
