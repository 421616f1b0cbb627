"""TLS towards a destination: who may vouch for it, and what is shown of ourselves."""

import ssl
from pathlib import Path

from tabard.ground.errors import CallerError
from tabard.link.out.destination import TlsSettings

KEYS = "keys"


def tls_context(folder: Path, settings: TlsSettings) -> ssl.SSLContext:
    """The context for `settings`, its files read from `keys/` in the hospital's `folder`. The receiver's name is checked always.

    Raises CallerError where a file cannot be read or certificate and key do not belong together.
    """
    keys = folder / KEYS
    name = settings.ca
    try:
        context = ssl.create_default_context(cafile=str(keys / name) if name else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if settings.certificate:
            name = settings.certificate
            context.load_cert_chain(keys / name, keys / settings.key, password=_no_password)
    except (OSError, ValueError) as fault:  # ssl.SSLError is an OSError
        raise CallerError(
            "a certificate or key of a destination cannot be used",
            where=str(keys / name),
            expected="PEM: certificates that vouch for the receiver, or our certificate and its key without a password",
            got=type(fault).__name__,
            remedy="put the right files into the hospital's keys/, readable by its account only",
        ) from fault
    return context


def _no_password() -> str:
    """Instead of a question at the terminal, which nobody would answer."""
    return ""
