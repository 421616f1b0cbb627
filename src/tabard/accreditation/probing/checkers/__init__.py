"""The static checkers: bandit, ruff and semgrep, run side by side on a package's code, from an environment of their own."""

from tabard.accreditation.probing.checkers.running import check_code, check_files

__all__ = ["check_code", "check_files"]
