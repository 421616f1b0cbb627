"""The commands as the story types them: answered in JSON, refused in words."""

from pathlib import Path

import pytest

from tabard.demo.commands import one, refusal
from tabard.demo.errors import Failed


def test_a_command_is_answered_in_json(tmp_path: Path) -> None:
    """A key is made, and what was answered is read as one object."""
    told = one("accredit", "key", tmp_path / "key.pem", "--no-passphrase")
    assert Path(told["public"]).is_file()


def test_a_refusal_is_told_in_the_command_s_own_words(tmp_path: Path) -> None:
    """What a command says when it refuses stands in the failure; one that does not refuse is a failure too."""
    (tmp_path / "key.pem").write_text("mine")
    assert "here is a file already" in refusal("accredit", "key", tmp_path / "key.pem", "--no-passphrase")
    with pytest.raises(Failed, match="did what it should refuse"):
        refusal("accredit", "key", tmp_path / "other.pem", "--no-passphrase")
    with pytest.raises(Failed, match="refused"):
        one("accredit", "key", tmp_path / "key.pem", "--no-passphrase")
