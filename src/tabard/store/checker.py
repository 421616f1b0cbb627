"""The checker in a process of its own: it looks into what strangers sent, and may crash or hang without harm to the store."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import Protocol

from tabard.accreditation import Report
from tabard.store.errors import CheckerFailed, Stopped

LIMIT_S = 300.0
"""How long one package may take: a browser looks at each of its pages."""

_KEPT_VARIABLES = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "TABARD_CHECKERS",
    "TABARD_CHROMIUM",
    "TABARD_TRIAL",
    "PLAYWRIGHT_BROWSERS_PATH",
)
_LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class Given:
    """What a check goes by beside the package: the package file of the version before, and the catalogue's advisories."""

    before: Path | None = None
    advisories: bytes | None = None


NOTHING = Given()


class Checker(Protocol):
    """What judges packages by the rules."""

    def check(self, package: Path, tell: Callable[[str], None], given: Given = NOTHING) -> Report:
        """The report on that package file; `tell` hears how far it is. Raises CheckerFailed, Stopped."""
        ...

    def stop(self) -> None:
        """End what is being checked, soon; nothing more is checked after it."""


class ProcessChecker:
    """Runs `python -m tabard.store.checking` for each package, with a limit of time and few variables of ours."""

    def __init__(self, limit_s: float = LIMIT_S, command: tuple[str, ...] | None = None) -> None:
        self._limit_s = limit_s
        self._command = command or (sys.executable, "-m", "tabard.store.checking")
        self._process: subprocess.Popen[str] | None = None
        self._is_stopped = False

    def check(self, package: Path, tell: Callable[[str], None], given: Given = NOTHING) -> Report:
        """The report on that package. Raises CheckerFailed when the checker crashed or took too long, Stopped."""
        with TemporaryDirectory(prefix="tabard-check-") as folder:
            out = Path(folder) / "report.json"
            code = (
                0
                if self._is_stopped
                else self._run([str(package), str(out), *_words(given, Path(folder))], tell, folder)
            )
            if self._is_stopped:
                raise Stopped("the store is being stopped", remedy="serve it again")
            if code != 0 or not out.is_file():
                raise CheckerFailed(
                    "the checker ended without a report",
                    expected=f"a report within {self._limit_s:g} s",
                    got=f"exit {code}",
                    remedy="look into the store's log; submit the same package again to have it checked again",
                )
            return Report.from_bytes(out.read_bytes())

    def stop(self) -> None:
        """End what is being checked; nothing more is checked after it."""
        self._is_stopped = True
        self._kill()

    def _run(self, words: list[str], tell: Callable[[str], None], folder: str) -> int:
        with subprocess.Popen(  # noqa: S603  our own program
            [*self._command, *words],
            stdin=subprocess.PIPE,  # held open: it ends when we do, whatever way we end
            stdout=subprocess.PIPE,
            cwd=folder,
            env=_variables(),
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as process:
            self._process = process
            timer = Timer(self._limit_s, self._kill)
            timer.start()
            try:
                for line in process.stdout or ():
                    tell(line.strip()[:_LONGEST_LINE])
                return process.wait()
            finally:
                timer.cancel()
                self._kill()
                self._process = None

    def _kill(self) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, 9)


def _words(given: Given, folder: Path) -> list[str]:
    """What is given, as the process takes it; the advisories lie in its own folder for as long as it lives."""
    words = [] if given.before is None else ["--before", str(given.before)]
    if given.advisories is not None:
        path = folder / "advisories.json"
        path.write_bytes(given.advisories)
        words += ["--advisories", str(path)]
    return words


def _variables() -> Mapping[str, str]:
    return {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
