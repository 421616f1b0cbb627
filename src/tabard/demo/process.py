"""The hospital as a process of its own: `python -m tabard hospital serve DIR`."""

import signal
import subprocess
import sys
from pathlib import Path

from tabard.ground.errors import InternalError

LOG = "hospital.log"
_STOPS_WITHIN_S = 15.0
_TOLD_BYTES = 2000


class HospitalProcess:
    """A running hospital; what it says goes to `hospital.log` in its folder."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / LOG
        with self._log.open("ab") as log:
            # A session of its own: Ctrl-C reaches only us, and we stop it when its last message is acknowledged.
            self._process = subprocess.Popen(  # noqa: S603  our own program
                [sys.executable, "-m", "tabard", "hospital", "serve", str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def must_run(self) -> None:
        """Raises InternalError, with the end of its log, when the process has ended."""
        code = self._process.poll()
        if code is not None:
            raise InternalError("the hospital ended by itself", got=f"exit {code}; {self._last_words()}")

    def stop(self) -> int:
        """Ask it to stop (SIGTERM) and answer its exit code. Raises InternalError when it does not."""
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(_STOPS_WITHIN_S)
        except subprocess.TimeoutExpired as fault:
            raise InternalError("the hospital did not stop", expected=f"within {_STOPS_WITHIN_S:g} s") from fault

    def end(self) -> None:
        """Stop it, by force when asking does not help; quiet when it has ended."""
        if self._process.poll() is None:
            try:
                self.stop()
            except InternalError:
                self._process.kill()
                self._process.wait()

    def _last_words(self) -> str:
        return self._log.read_bytes()[-_TOLD_BYTES:].decode(errors="replace").strip() or "it said nothing"
