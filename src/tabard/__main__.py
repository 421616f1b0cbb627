"""`python -m tabard`, the same as the `tabard` command."""

from tabard.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
