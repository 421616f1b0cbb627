"""SoftHSM for the tests: tokens in software, found as scripts/get_softhsm.py leaves them, in a folder of this process alone."""

import atexit
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

from get_softhsm import module

PIN, OFFICER_PIN = "correct-horse", "staple-officer"


def why_not() -> str:
    """Why no token can be had here; "" where one can."""
    if find_spec("pkcs11") is None:
        return "python-pkcs11 is not installed: `tabard[pkcs11]`"
    return "" if module() else "no SoftHSM here: run scripts/get_softhsm.py as root, or install it"


@dataclass(frozen=True)
class Token:
    """One token, by its label."""

    label: str

    def uri(self, key: str = "", *, key_id: bytes = b"", more: str = "", path: str = "") -> Path:
        """The URI of a key on it, as it stands where a key file may."""
        named = f";object={quote(key, safe='')}" if key else ""
        by_id = f";id={quote(key_id, safe='')}" if key_id else ""
        return Path(f"pkcs11:token={quote(self.label, safe='')}{named}{by_id}{path}?module-path={module()}{more}")


def make_token(label: str) -> Token:
    """A token of that label, with the PIN of the tests."""
    words = ["--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", OFFICER_PIN]
    tool = shutil.which("softhsm2-util") or "softhsm2-util"
    subprocess.run([tool, *words], check=True, stdout=subprocess.DEVNULL, env={**os.environ, **settings()})  # noqa: S603  our own words
    return Token(label)


@cache
def settings() -> dict[str, str]:
    """What has SoftHSM keep its tokens in a folder of this process; it reads that once, when it is loaded."""
    folder = Path(mkdtemp(prefix="tabard-test-tokens-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "tokens").mkdir()
    told = f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    (folder / "softhsm2.conf").write_text(told)
    return {"SOFTHSM2_CONF": str(folder / "softhsm2.conf")}
