"""A user id for each product, its own and for ever: kept in a file, so that a product's data stay its own.

Taken from the range that no distribution, no systemd and no container gives to anybody (1879048192 to 2147483647).
Source: systemd, "Users, Groups, UIDs and GIDs on systemd Systems".
"""

import json
from hashlib import sha256
from pathlib import Path

from tabard.ground.errors import InternalError
from tabard.ground.private_files import write_private

FIRST, LAST = 1_879_048_192, 2_147_483_647
_FILE = "uids.json"


def uid_of(folder: Path, product: str) -> int:
    """The user id of a product of the hospital whose parts are in `folder`, chosen at the first asking.

    It begins with a digest of folder and product, so that two hospitals on one host do not give the same to different
    products. Raises InternalError where the file is damaged: to guess could hand a product another's data.
    """
    path = folder / _FILE
    known = _known(path)
    if product not in known:
        digest = sha256(f"{folder.resolve()}\0{product}".encode()).digest()
        wanted = FIRST + int.from_bytes(digest[:8], "big") % (LAST - FIRST + 1)
        while wanted in known.values():
            wanted = wanted + 1 if wanted < LAST else FIRST
        known[product] = wanted
        write_private(path, json.dumps(known, sort_keys=True).encode())
    return known[product]


def _known(path: Path) -> dict[str, int]:
    try:
        told = json.loads(path.read_bytes())
        known = {str(name): int(uid) for name, uid in told.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError, TypeError) as fault:
        raise InternalError("the users of products are not known", where=str(path), got="a damaged file") from fault
    if not all(FIRST <= uid <= LAST for uid in known.values()):
        raise InternalError("a product's user is out of range", where=str(path))
    return known
