"""The Chromium that tests drive: found as scripts/get_chromium.py leaves it, with flags that keep it off the network."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

UNPACKED = Path(__file__).resolve().parent.parent / ".tools" / "chromium"
_PATIENCE_MS = 20_000
"""How long a page may take to come to what is expected of it: a busy machine is no fault."""

QUIETLY = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path() -> str:
    """Where Chromium is; raises with the remedy when there is none."""
    named = os.environ.get("TABARD_CHROMIUM")
    found = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None and UNPACKED.exists():
        found = str(UNPACKED)
    if found is None:
        raise FileNotFoundError("no Chromium here. Remedy: run `make test`, which installs one, or set TABARD_CHROMIUM")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium, closed at the end."""
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(QUIETLY))
        try:
            yield browser
        finally:
            browser.close()
