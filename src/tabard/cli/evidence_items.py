"""Which item of a list somebody means who says how its id or its digest begins."""

from typing import Any

from tabard.ground.errors import CallerError

_MOST_TOLD = 8


def one_of(items: list[dict[str, Any]], begun: str, *, must_stand: bool = True) -> dict[str, Any]:
    """The item whose id or SHA-256 is that, or begins so. Raises CallerError where there is none, or more than one."""
    exact = [one for one in items if begun in (one["id"], one["sha256"])]
    found = exact or [one for one in items if one["id"].startswith(begun) or one["sha256"].startswith(begun)]
    found = [one for one in found if one["stands"]] or found if must_stand else found
    if len({one["sha256"] for one in found}) != 1:
        raise CallerError(
            "no item begins so" if not found else "more than one item begins so",
            got=begun,
            expected=", ".join(one["id"] for one in (found or items)[:_MOST_TOLD]) or None,
            remedy="tabard product evidence list",
        )
    return found[0]
