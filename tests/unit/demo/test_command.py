"""`tabard demo --dir` never writes over what is there."""

from pathlib import Path

from typer.testing import CliRunner

from tabard.cli.demo import app
from tabard.ground.errors import CallerError


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    """It is left as it was, and the remedy is told."""
    (tmp_path / "mine").write_text("kept")
    ended = CliRunner().invoke(app, ["--once", "--dir", str(tmp_path)])
    assert isinstance(ended.exception, CallerError)
    assert ended.exception.remedy
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
