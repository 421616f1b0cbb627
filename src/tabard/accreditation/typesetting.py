"""Setting a print by typst, where that is installed: what is printed comes as data, and text in data is never markup."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from tabard.ground.errors import CallerError, InternalError

PATIENCE_S = 60.0
Press = Callable[[str, Mapping[str, Any]], bytes]
"""Sets a form of ours with what is told into a PDF."""

_LARGEST_MEMORY = 4 << 30

_APART = f"""
import json, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({PATIENCE_S:.0f}, {PATIENCE_S:.0f}))
resource.setrlimit(resource.RLIMIT_AS, ({_LARGEST_MEMORY}, {_LARGEST_MEMORY}))
import typst
told = json.load(sys.stdin.buffer)
sys.stdout.buffer.write(typst.compile(told["form"].encode(), sys_inputs={{"report": told["report"]}}))
"""


def can_typeset() -> bool:
    """Whether typst is installed."""
    return find_spec("typst") is not None


def typeset(form: str, told: Mapping[str, Any]) -> bytes:
    """The print as PDF, made in this process. `form` is ours and takes `told` from `sys.inputs.report`, as JSON.

    Raises CallerError where typst is not installed.
    """
    check_can_typeset()
    typst: Any = import_module("typst")
    return bytes(typst.compile(form.encode(), sys_inputs={"report": _data(told)}))


def typeset_apart(form: str, told: Mapping[str, Any], patience_s: float = PATIENCE_S) -> bytes:
    """The same in a process of its own, for what strangers can ask for: it ends after that time, whatever it is set to print.

    Raises CallerError where typst is not installed, InternalError where no print came of it.
    """
    check_can_typeset()
    asked = json.dumps({"form": form, "report": _data(told)}).encode()
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter, our own program; the words come by stdin
            [sys.executable, "-I", "-c", _APART], input=asked, capture_output=True, timeout=patience_s, check=False
        )
    except subprocess.TimeoutExpired as fault:
        raise InternalError("the print took too long", expected=f"{patience_s:.0f} s at the most") from fault
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise InternalError("the print could not be set", got=f"exit {done.returncode}")
    return done.stdout


def check_can_typeset() -> None:
    """Raises CallerError where typst is not installed."""
    if not can_typeset():
        raise CallerError(
            "a PDF needs typst",
            expected="the optional part `pdf` of Tabard",
            remedy="install `tabard[pdf]`, or take the HTML report and print it",
        )


def _data(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False)
