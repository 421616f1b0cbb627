"""Where Chromium and axe-core are on this machine; what is missing is told with what to do about it."""

import os
import shutil
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from tabard.accreditation.probing.ports import CouldNot

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_BESIDE = Path(".tools") / "chromium"
"""Where set-up unpacks a Chromium, below the folder of a checkout."""

_ABOVE = 4
"""A checkout's folder is so many above this file."""


def find_chromium() -> Path | CouldNot:
    """The Chromium that TABARD_CHROMIUM names, else one on the PATH, else the one that set-up unpacked."""
    if find_spec("playwright") is None:
        return CouldNot("playwright is not installed here", "install Tabard with its part `checks`: tabard[checks]")
    named = os.environ.get("TABARD_CHROMIUM")
    if named:
        found = Path(named)
        return found if found.is_file() else CouldNot("TABARD_CHROMIUM names no file", "have it name a Chromium")
    on_path = next(filter(None, map(shutil.which, _NAMES)), None)
    beside = Path(__file__).resolve().parents[_ABOVE] / _BESIDE
    if on_path is None and not beside.is_file():
        return CouldNot("there is no Chromium here", "install one, or have TABARD_CHROMIUM name one")
    return Path(on_path) if on_path else beside


def find_axe() -> str | CouldNot:
    """The text of axe-core as set-up, or the build of the wheel, has put it here."""
    axe = files("tabard.accreditation").joinpath("vendor/axe.min.js")
    if not axe.is_file():
        return CouldNot("axe-core is not here", "run `make setup`, which fetches it")
    return axe.read_text("utf-8")
