"""A receipt on its way to the centre: one POST with bounds; nobody waits for it, and what comes back is not believed."""

import httpx

from tabard.ground.authorities import authorities
from tabard.ground.errors import CallerError, PeerError

_PATIENCE_S = 10.0
_TAKEN = 202


def send_receipt(url: str, raw: bytes) -> None:
    """Send a sealed receipt. No proxy of the environment is used and no redirect followed.

    Raises CallerError for no http(s) address, PeerError where it was not taken.
    """
    if not url.startswith(("http://", "https://")):
        raise CallerError(
            "receipts go to an address of http or https", where=url, remedy="`tabard hospital trust --receipts`"
        )
    verify = authorities() if url.startswith("https:") else False
    try:
        with (
            httpx.Client(timeout=_PATIENCE_S, verify=verify, trust_env=False) as client,
            client.stream("POST", url, content=raw, headers={"Content-Type": "application/json"}) as answer,
        ):
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
        raise PeerError("the centre cannot be reached with a receipt", where=url, got=type(fault).__name__) from fault
    if status != _TAKEN:
        raise PeerError("the centre did not take the receipt", where=url, got=f"status {status}")
