"""The JSON Schema of `tabard.toml`, for editors and for whoever makes one by a program."""

import json
from importlib import resources
from typing import Any

MANIFEST_SCHEMA: dict[str, Any] = json.loads(
    resources.files("tabard.product").joinpath("manifest.schema.json").read_text(encoding="utf-8")
)
"""Says all that can be said of the file by itself; that a named file exists, and that a scope is one, the reader says."""
