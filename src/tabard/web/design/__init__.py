"""What the pages of both applications are made with: the NHS design system, templates, headers, forms, files, times."""

from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
"""The design system's styles and our mark."""

__all__ = ["ASSETS"]
