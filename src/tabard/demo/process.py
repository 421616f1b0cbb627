"""What the demo serves, each as a process of its own: `python -m tabard store|hospital serve DIR`."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tabard.demo.commands import variables
from tabard.demo.waiting import until
from tabard.ground.errors import InternalError

_STOPS_WITHIN_S = 15.0
_STARTS_WITHIN_S = 30.0
_TOLD_BYTES = 2000


class Served:
    """A running store or hospital; what it says goes to `<what>.log` in its folder."""

    def __init__(self, what: str, folder: Path) -> None:
        self._what = what
        self._log = folder / f"{what}.log"
        with self._log.open("ab") as log:
            # A session of its own: Ctrl-C reaches only us, and we stop it when its last message is acknowledged.
            self._process = subprocess.Popen(  # noqa: S603  our own program
                [sys.executable, "-m", "tabard", what, "serve", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=variables(),
            )

    def answers_at(self, address: str) -> None:
        """Return once it answers there. Raises InternalError when it has ended, Failed when it does not in time."""

        def answers() -> bool:
            self._must_run()
            try:
                return httpx.get(address, timeout=2, trust_env=False).status_code == httpx.codes.OK
            except httpx.TransportError:
                return False

        until(answers, f"the {self._what} answers", patience_s=_STARTS_WITHIN_S)

    def stop(self) -> int:
        """Ask it to stop (SIGTERM) and answer its exit code. Raises InternalError when it does not."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(_STOPS_WITHIN_S)
        except subprocess.TimeoutExpired as fault:
            raise InternalError(f"the {self._what} did not stop", expected=f"within {_STOPS_WITHIN_S:g} s") from fault

    def end(self) -> None:
        """Stop it, by force when asking does not help; quiet when it has ended."""
        if self._process.poll() is None:
            try:
                self.stop()
            except InternalError:
                self._process.kill()
                self._process.wait()

    def _must_run(self) -> None:
        """Raises InternalError, with the end of its log, when the process has ended."""
        code = self._process.poll()
        if code is not None:
            raise InternalError(f"the {self._what} ended by itself", got=f"exit {code}; {self._last_words()}")

    def _last_words(self) -> str:
        return self._log.read_bytes()[-_TOLD_BYTES:].decode(errors="replace").strip() or "it said nothing"
