"""What is other than in the version that was accredited before: rights, hazards, dependencies, code."""

from dataclasses import dataclass

from tabard.accreditation import Route
from tabard.accreditation.hazards.differing import differences
from tabard.decision import NEEDED
from tabard.store import CaseDetail
from tabard.web.store.counter import Counter
from tabard.web.store.words import role_words

_ROUTES = {
    Route.first: "No version of it was accredited before: all of it is judged.",
    Route.difference: "It is judged by what is other than in version {}. What was reviewed of that one stands again where its evidence is the same.",
    Route.sample: "Nothing changed since version {} that asks for a new judgement, but the lot fell on it: it is judged as a whole.",
    Route.same: "Nothing changed since version {} that asks for a new judgement. All roles sign all the same.",
}


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """How the version is judged, who looks anew, the share of code that is other, why, and each change in words."""

    route: str
    looks_anew: str
    code: str
    because: tuple[str, ...]
    hazards: tuple[str, ...]
    changed: tuple[str, ...]


def shown_difference(counter: Counter, detail: CaseDetail) -> ShownDifference | None:
    """The difference since the last decision; None where the rules have not run yet."""
    since = detail.case.since
    if since is None:
        return None
    is_later = since.route is not Route.first
    return ShownDifference(
        route=_ROUTES[since.route].format(since.version),
        looks_anew=", ".join(role_words(one) for one in since.roles if one in NEEDED[detail.case.product_class])
        or "nobody needs to",
        code=f"{since.code_changed:.0%}" if is_later else "",
        because=since.because if since.route is Route.difference else (),
        hazards=_hazards(counter, detail, since.version) if is_later else (),
        changed=detail.changed[1:] if is_later and detail.changed[:1] == (f"Compared with {since.version}:",) else (),
    )


def _hazards(counter: Counter, detail: CaseDetail, version: str) -> tuple[str, ...]:
    """What changed in the hazard log, a sentence each."""
    wanted = (detail.case.product, version)
    entries = reversed(counter.store.decisions())
    sha256 = next((one.package_sha256 for one in entries if (one.product, one.version) == wanted), "")
    before = counter.bases.of(sha256).log if sha256 else None
    if before is None or detail.hazards is None:
        return ("The two logs cannot be compared here: compare them yourself.",)
    return differences(before, detail.hazards).words or ("Nothing in the hazard log changed.",)
