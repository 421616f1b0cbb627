"""Whether a version may come in: beside what stands of its product already, and beside what waits of its publisher."""

from collections.abc import Iterable

from tabard.accreditation import Case, Status
from tabard.product import FILE_NAME
from tabard.store.errors import NotTaken
from tabard.store.versions import as_numbers

WAITING = (Status.submitted, Status.checking)
MOST_WAITING = 20
"""Packages of one publisher that wait for the checker: whoever sends more keeps others waiting."""

_STOOD = (Status.decided, Status.published, Status.suspended, Status.withdrawn, Status.expired)


def check_queue(case: Case, waiting: Iterable[Case]) -> None:
    """Raises NotTaken where too many packages of the publisher wait, this one not among them."""
    mine = [one.package_sha256 for one in waiting if one.publisher == case.publisher]
    if len(mine) >= MOST_WAITING and case.package_sha256 not in mine:
        raise NotTaken(
            "too many packages of this publisher wait to be checked",
            where=case.publisher,
            expected=f"fewer than {MOST_WAITING}",
            got=str(len(mine)),
            remedy="wait until some are checked, then submit again",
        )


def check_beside(case: Case, others: Iterable[Case]) -> None:
    """Raises NotTaken for a version that cannot be taken beside the others of its product; drafts are not among them."""
    others = tuple(others)
    if any(one.publisher != case.publisher for one in others):
        raise NotTaken(
            "another publisher brought a product of this id",
            where=f"{FILE_NAME}: id",
            got=case.product,
            remedy="choose an id of your own",
        )
    if any(one.version == case.version for one in others):
        raise NotTaken(
            "this version was submitted before, with other bytes",
            where=f"{FILE_NAME}: version",
            expected="a version not yet used: one version, one package",
            got=case.version,
            remedy="give it the next version, build, sign and submit again",
        )
    published = (one.version for one in others if one.status in _STOOD)
    newest = max(published, key=as_numbers, default="0.0.0")
    if newest != "0.0.0" and as_numbers(case.version) <= as_numbers(newest):
        raise NotTaken(
            "a version that is not older was published",
            where=f"{FILE_NAME}: version",
            expected=f"newer than {newest}",
            got=case.version,
            remedy="give it a newer version, build, sign and submit again",
        )
