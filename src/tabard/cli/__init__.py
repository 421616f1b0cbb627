"""The command line: every room's verbs under one name, `tabard`."""

from tabard.cli.main import main

__all__ = ["main"]
