"""Whose certificates are believed where nobody says otherwise."""

import ssl
from functools import cache


@cache
def authorities() -> ssl.SSLContext:
    """The machine's own authorities, read once in a process: reading them takes longer than most calls that they are for."""
    return ssl.create_default_context()
