"""The real checkers: what a product says to them changes nothing, and where they did not read they did not pass."""

from pathlib import Path

import pytest

from tabard.accreditation import CouldNot, Verdict
from tabard.accreditation.probing.checked import Checked
from tabard.accreditation.probing.checkers import check_files
from tabard.accreditation.probing.checkers.place import find_checkers
from unit.accreditation.tiny import Saw, report_of, tiny

pytestmark = pytest.mark.skipif(isinstance(find_checkers(), CouldNot), reason="the static checkers are not here")

LOUD = b"# ruff: noqa\n# flake8: noqa\nimport os\n\nos.system(str(os))  # nosec # noqa: S605 # nosemgrep\n"
SCRIPT = b"// nosemgrep\neval(document.title); // nosemgrep: runs.text-as-script\n"
SETTINGS = {
    "ruff.toml": b'exclude = ["*"]\n[lint]\nselect = []\n',
    ".ruff.toml": b'exclude = ["*"]\n',
    "pyproject.toml": b'[tool.ruff]\nexclude = ["*"]\n[tool.bandit]\nexclude_dirs = ["."]\nskips = ["B605"]\n',
    ".bandit": b"[bandit]\nexclude = /\nskips = B605\n",
    "setup.cfg": b"[bandit]\nskips = B605\n",
    ".semgrepignore": b"*\n",
    ".gitignore": b"*\n",
    ".semgrep.yml": b"rules: []\n",
}


def test_settings_and_marks_of_a_product_change_nothing() -> None:
    """Nor where a file lies: in tests, in a folder that tools pass over, under a name with blanks or a line's end."""
    names = ("service.py", "tests/test_x.py", "node_modules/x/y.py", "a b/--config=x.py", "vendor/min.py")
    files = {
        **SETTINGS,
        **dict.fromkeys(names, LOUD),
        "node_modules/a.min.js": SCRIPT,
        "broken.py": b"def (:\n",
        "odd.js": b"function ( {{{",
    }
    told = check_files(files)
    assert isinstance(told, Checked)
    by_tool = {run.tool: run for run in told.runs}
    for run in told.runs:
        assert run.fault == ""
        assert {one.file for one in run.spotted} >= set(names)
    assert "node_modules/a.min.js" in {one.file for one in by_tool["semgrep"].spotted}
    assert by_tool["bandit"].missed == by_tool["ruff"].missed == ("broken.py",)
    assert set(by_tool["semgrep"].missed) == {"broken.py", "odd.js"}


def test_checkers_that_are_not_there_or_of_another_lock_pass_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a person must do is told."""
    monkeypatch.setenv("TABARD_CHECKERS", str(tmp_path))
    away = check_files({"a.py": b"x = 1\n"})
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").write_text("")
    other = check_files({"a.py": b"x = 1\n"})
    for told in (away, other):
        assert isinstance(told, CouldNot)
        assert "tabard product checkers" in told.remedy
        report = report_of(tiny(), Saw(code=told))
        assert {one.rule for one in report.unassessed} >= {"code-covered", "runs-no-text"}
        assert report.failing == ()


def test_checkers_that_come_to_no_end_pass_nothing() -> None:
    """Each is ended at its limit and told as such."""
    told = check_files({"app.js": b"export const a = 1;\n"}, limit_s=0.001)
    assert isinstance(told, Checked)
    assert any("no end" in run.fault for run in told.runs)
    report = report_of(tiny(), Saw(code=told))
    assert all(one.verdict is not Verdict.passed for one in report.findings if one.rule == "runs-no-text")
