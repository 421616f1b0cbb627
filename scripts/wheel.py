"""Build the browser parts and the products' kit before a wheel is packed, so that an installed Tabard needs nothing from outside."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

KIT = ".tools/kit"


class Parts(BuildHookInterface[Any]):
    """Runs before a real wheel; an editable install reads the checkout as it is."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling; raises CalledProcessError when a part cannot be built."""
        if version == "editable":
            return
        root = Path(self.root)
        subprocess.run([sys.executable, "scripts/build_assets.py"], cwd=root, check=True)
        build = [sys.executable, "-m", "hatchling", "build", "-c", "-t", "wheel", "-d", str(root / KIT)]
        subprocess.run(build, cwd=root / "kit", check=True)  # noqa: S603  our own build
        for path in (root / KIT).glob("*.whl"):
            build_data["force_include"][str(path)] = f"tabard/kit/{path.name}"
