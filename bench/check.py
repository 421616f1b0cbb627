"""How long `tabard product check` takes for a product of 200 files, without a browser and a trial. Run alone: `python bench/check.py`."""

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

FILES = 200
LIMIT_S = 12.0
_TOML = """id = "large"
name = "Large"
version = "1.0.0"
publisher = "RZZ"

[server]
module = "service"

[[part]]
kind = "hook"
id = "large"
title = "Large"
description = "A service of many files."
hook = "patient-view"
scopes = ["patient/Observation.rs"]
"""
_PYTHON = '''"""Part {at} of a large service."""


def worked_out_{at}(values: list[float], least: float) -> dict[str, float]:
    """The mean, the least and the most of what is above `least`."""
    told = [value for value in values if value > least]
    return {{"mean": sum(told) / max(len(told), 1), "least": min(told, default=0.0), "most": max(told, default=0.0)}}


class Row{at}:
    """One row."""

    def __init__(self, name: str, value: float) -> None:
        self.name, self.value = name, value

    def shown(self) -> str:
        """As it is shown."""
        return f"{{self.name}}: {{self.value:.1f}}"
'''
_SCRIPT = """// Part {at} of the pages.
export function row{at}(entry, now) {{
  const line = document.createElement("li");
  const when = new Date(entry.effectiveDateTime ?? now);
  line.textContent = `${{entry.code?.text ?? "unknown"}} ${{when.toISOString()}}`;
  line.dataset.kind = "Observation";
  return line;
}}

export const order{at} = (one, other) => (one.when < other.when ? -1 : one.when > other.when ? 1 : 0);
"""


def make(folder: Path) -> None:
    """A product of that many files: half Python, half scripts."""
    (folder / "tabard.toml").write_text(_TOML)
    (folder / "service.py").write_text('"""The service."""\n\nID = "large"\n')
    for at in range((FILES - 2) // 2):
        (folder / f"part_{at}.py").write_text(_PYTHON.format(at=at) * 3)
        (folder / f"part_{at}.js").write_text(_SCRIPT.format(at=at) * 3)


def main() -> None:
    """Three runs, the middle one told."""
    with TemporaryDirectory() as home:
        folder = Path(home) / "large"
        folder.mkdir()
        make(folder)
        took = []
        for _ in range(3):
            begun = time.monotonic()
            subprocess.run(  # noqa: S603  our own command
                [
                    sys.executable,
                    "-m",
                    "tabard",
                    "product",
                    "check",
                    str(folder),
                    "--no-browser",
                    "--no-trial",
                    "--json",
                ],
                stdout=subprocess.DEVNULL,
                check=False,
            )
            took.append(time.monotonic() - begun)
        told = sorted(took)[1]
        print(f"check of {FILES} files, no browser, no trial: {told:.1f} s (limit {LIMIT_S:g} s)")


if __name__ == "__main__":
    main()
