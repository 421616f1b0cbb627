"""The checker's process: whatever it does, the store gets a report or is told that there is none."""

import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from tabard.accreditation import Report, absent, assess
from tabard.ground.errors import CallerError
from tabard.store import CheckerFailed, ProcessChecker, Stopped
from unit.store.product_files import package

TELLS = "print('halfway', flush=True)\n"


def checker(tmp_path: Path, program: str, limit_s: float = 30) -> ProcessChecker:
    (tmp_path / "checker.py").write_text("import os, sys, time\n" + program)
    return ProcessChecker(limit_s, (sys.executable, str(tmp_path / "checker.py")))


def test_a_report_comes_back_with_what_was_told(tmp_path: Path) -> None:
    """What the process says on its standard output is told; its report is read."""
    made = assess(package(tmp_path), absent())
    (tmp_path / "report.json").write_bytes(made.to_bytes())
    program = f"{TELLS}import shutil\nshutil.copy({str(tmp_path / 'report.json')!r}, sys.argv[2])"
    heard: list[str] = []
    assert checker(tmp_path, program).check(tmp_path / "p", heard.append) == made
    assert heard == ["halfway"]


@pytest.mark.parametrize("program", ["os.abort()", "sys.exit(3)", "os.kill(os.getpid(), 9)", TELLS])
def test_a_crash_is_told_as_ours(tmp_path: Path, program: str) -> None:
    """A checker that ends without a report is no verdict on the package."""
    with pytest.raises(CheckerFailed, match="without a report"):
        checker(tmp_path, program).check(tmp_path / "p", lambda _: None)


def test_a_report_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    """What the process leaves is judged before it is believed."""
    with pytest.raises(CallerError):
        checker(tmp_path, "open(sys.argv[2], 'w').write('{}')").check(tmp_path / "p", lambda _: None)


def test_a_hang_is_ended(tmp_path: Path) -> None:
    """At the limit the process is killed, and those it started with it."""
    program = "import subprocess\nsubprocess.Popen(['sleep', '600'])\nprint('hangs', flush=True)\ntime.sleep(600)"
    with pytest.raises(CheckerFailed, match="exit -9"):
        checker(tmp_path, program, 1).check(tmp_path / "p", lambda _: None)


def test_a_checker_that_is_stopped_says_so(tmp_path: Path) -> None:
    """Stopping ends what is being checked at once, and is told apart from a failure."""
    running, told = Event(), list[type[Exception]]()
    made = checker(tmp_path, f"{TELLS}time.sleep(600)")

    def check() -> None:
        try:
            made.check(tmp_path / "p", lambda _: running.set())
        except Stopped as error:
            told.append(type(error))

    thread = Thread(target=check)
    thread.start()
    assert running.wait(30)
    made.stop()
    thread.join()
    assert told == [Stopped]


def test_nothing_of_ours_is_handed_to_the_checker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases and the like that stand in our environment are not in the checker's."""
    monkeypatch.setenv("TABARD_PASSPHRASE", "secret")
    heard: list[str] = []
    with pytest.raises(CheckerFailed):
        checker(tmp_path, "print('PATH' in os.environ, 'TABARD_PASSPHRASE' in os.environ)").check(
            tmp_path / "p", heard.append
        )
    assert heard == ["True False"]


def test_reports_are_alike_wherever_they_are_made(tmp_path: Path) -> None:
    """The same package and probes give the same report in this process as in one of its own."""
    made = package(tmp_path)
    (tmp_path / "p").write_bytes(made.raw)
    program = (
        "from pathlib import Path\nfrom tabard.accreditation import absent, assess\nfrom tabard.product import read_package\n"
        "Path(sys.argv[2]).write_bytes(assess(read_package(Path(sys.argv[1]).read_bytes()), absent()).to_bytes())"
    )
    found: Report = checker(tmp_path, program).check(tmp_path / "p", lambda _: None)
    assert found.sha256 == assess(made, absent()).sha256


def test_a_checker_whose_store_is_gone_ends(tmp_path: Path) -> None:
    """Its standard input ends with the store that held it: it leaves no report and no process."""
    (tmp_path / "p").write_bytes(package(tmp_path).raw)
    program = [sys.executable, "-m", "tabard.store.checking", str(tmp_path / "p"), str(tmp_path / "report.json")]
    ended = subprocess.run(program, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False, timeout=60)  # noqa: S603  our own program
    assert ended.returncode == 3
    assert not (tmp_path / "report.json").exists()
