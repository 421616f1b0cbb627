"""Build the browser parts before a wheel is packed, so that an installed Tabard needs nothing from outside."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BrowserParts(BuildHookInterface[Any]):
    """Runs scripts/build_assets.py before a real wheel; an editable install reads the checkout as it is."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling; raises CalledProcessError when the parts cannot be built."""
        del build_data
        if version != "editable":
            subprocess.run([sys.executable, "scripts/build_assets.py"], cwd=Path(self.root), check=True)
