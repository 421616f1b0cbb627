"""The centre's road: two people of different roles judge what no machine could, and sign; the catalogue has it."""

from tabard.accreditation import RULES
from tabard.demo.centre import ASSESSORS
from tabard.demo.commands import one, refusal
from tabard.demo.errors import Failed
from tabard.demo.stage import Stage
from tabard.demo.waiting import until

_PATIENCE_S = 20
_JUDGES = {rule.id: rule.judges for rule in RULES}
_REASON = "The demo leaves out trial and advisories, and perhaps a browser: a pretend person read the pages instead."


def accredit(stage: Stage, product: str) -> str:
    """Each reviews what their role judges and signs; one alone, or the same person twice, publishes nothing."""
    centre, case = stage.centre, stage.centre.cases[product]
    accepted = 0
    for role, _ in ASSESSORS:
        key = ("--store", centre.base, "--key", centre.key(role))
        one("accredit", "assign", case, *key, "--conflict", "none")
    for role, _ in ASSESSORS:
        accepted += _review(stage, case, role)
    for number, (role, _) in enumerate(ASSESSORS):
        one("accredit", "sign", case, "--store", centre.base, "--key", centre.key(role), "--yes")
        if number == 0:
            refusal("accredit", "sign", case, "--store", centre.base, "--key", centre.key(role), "--yes")
    names = " and ".join(name for _, name in ASSESSORS)
    reviewed = f"; {accepted} findings that no machine assessed were reviewed" if accepted else ""
    return f"signed by {names}{reviewed}"


def published(stage: Stage, product: str) -> str:
    """A stranger with nothing but the root key follows the signatures down to the package's bytes."""
    centre = stage.centre
    catalogue = f"{centre.base}/catalogue"

    def is_published() -> bool:
        told = one("accredit", "show", centre.cases[product], "--store", centre.base, "--key", centre.key("security"))
        return bool(told["status"] == "published")

    until(is_published, "the catalogue has the product", _PATIENCE_S)
    steps = one("catalogue", "verify", "--from", catalogue, "--root", centre.root, product)["steps"]
    if not steps:
        raise Failed("nothing was verified")
    return f"{len(steps)} steps verified from the root key down"


def _review(stage: Stage, case: str, role: str) -> int:
    """What this role judges of what was not assessed, accepted with a reason; how many there were."""
    key = ("--store", stage.centre.base, "--key", stage.centre.key(role))
    told = one("accredit", "show", case, *key)
    rules = sorted({each["rule"] for each in told["unreviewed"] if role in _JUDGES[each["rule"]]})
    if rules:
        one("accredit", "review", case, *key, *(f"--accept={rule}={_REASON}" for rule in rules))
    return len(rules)
