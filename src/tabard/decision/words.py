"""A decision in plain words: the one page that an assessor signs and a hospital shows."""

from collections.abc import Mapping
from datetime import UTC, datetime

from tabard.decision.model import NEEDED, Decision, Reviewed, Role
from tabard.decision.terms import NO_CONFLICT, Outcome, Reviewer
from tabard.decision.widening import widening_words
from tabard.ground.keys import PublicKey

ROLES = {
    Role.clinical_safety: "clinical safety reviewer",
    Role.security: "security reviewer",
    Role.information_governance: "information governance reviewer",
    Role.interoperability: "interoperability reviewer",
}
"""What each role is called on a page."""

_OUTCOMES = {
    Outcome.accredited: "It is accredited",
    Outcome.with_conditions: "It is accredited, under conditions",
    Outcome.first_of_type: "It is accredited as the first of its type, for these sites only",
    Outcome.refused: "It is refused: no hospital may install it",
}
_NUMBERS = ("no", "one", "two", "three", "four")


def plain_words(decision: Decision, touched: Mapping[str, str]) -> tuple[str, ...]:
    """All that the decision says, a sentence each, in the order in which a reader asks.

    `touched` says in a sentence what each scope lets the product do; a scope without one is told by its own name alone.
    """
    scope = decision.scope
    return (
        f"{decision.title}, version {decision.version} ({decision.product}), published by {decision.publisher}.",
        f"Only the package of {decision.package_size:,} bytes with SHA-256 {decision.package_sha256}: no other bytes are meant.",
        f"Intended use: {scope.intended_use}",
        *_listed("It may touch", tuple(_allowed(one, touched) for one in scope.scopes), "It may touch nothing."),
        f"It is opened with: {', '.join(scope.contexts) or 'no context'}.",
        f"Settings of care: {', '.join(scope.settings) or 'not limited'}.",
        *_outcome(decision),
        *_listed("Condition", tuple(map(str, decision.conditions)), "There are no conditions."),
        *_listed("Not assessed by machine", tuple(map(_review, decision.reviewed)), "A machine assessed every rule."),
        f"Decided on {_moment(decision.decided)}; valid from {_moment(decision.valid_from)} until {_moment(decision.valid_until)}: from then on no hospital installs it anew.",
        *_evidence(decision),
        *_criteria(decision),
        *_judged_by(decision),
        *_listed("Reviewer", tuple(map(_reviewer, decision.reviewers)), "Nobody is named as reviewer."),
        f"The publisher signs its releases with the key {' or '.join(_keyids(decision))}.",
        f"This is a product of class {decision.product_class}. The decision counts when {_signers(decision)} have signed it.",
    )


def _outcome(decision: Decision) -> tuple[str, ...]:
    """What was decided, and what belongs to it."""
    taken = (f"It takes the place of the decision {decision.supersedes}.",) if decision.supersedes else ()
    if (first := decision.first_of_type) is not None:
        return (
            f"{_OUTCOMES[decision.outcome]}: {', '.join(first.sites)}; at any other it is not installed.",
            *_listed("Others may follow when this is shown,", first.exit_criteria, ""),
            *taken,
            *widening_words(decision.widening),
        )
    grounds = (f"Ground of the refusal {number}: {line}" for number, line in enumerate(decision.grounds, 1))
    return (f"{_OUTCOMES[decision.outcome]}.", *grounds, *taken, *widening_words(decision.widening))


def _criteria(decision: Decision) -> tuple[str, ...]:
    """How many criteria stood how; what is none is not told."""
    stood = decision.criteria
    if stood is None:
        return ("How its criteria stood is not told in this decision.",)
    counts = (
        (stood.met, "are met"),
        (stood.met_with_conditions, "are met on condition"),
        (stood.not_met, "are not met"),
        (stood.not_applicable, "do not apply"),
        (stood.not_assessed, "were not assessed"),
    )
    told = ", ".join(f"{number} {words}" for number, words in counts if number) or "none is told"
    musts = f"{stood.open_musts} that must be met are open" if stood.open_musts else "none that must be met is open"
    return (
        f"Of {stood.asked} criteria that are asked of it {told}; {musts}.",
        f"Evidence, SHA-256 of how each criterion stood: {stood.standings_sha256}",
    )


def _judged_by(decision: Decision) -> tuple[str, ...]:
    """The frameworks, other evidence, and what it was tried with."""
    frameworks = tuple(f"{one.id} {one.version}, SHA-256 {one.sha256}" for one in decision.frameworks)
    tried = ", ".join(decision.tabard_versions)
    return (
        *_listed("Judged by framework", frameworks, "No framework is named."),
        *(f"Evidence, SHA-256 of an item that was looked at: {one}" for one in decision.evidence),
        f"Tried with Tabard {tried}." if tried else "No Tabard version is named with which it was tried.",
        f"Tried with the dialects {', '.join(decision.dialects)}." if decision.dialects else "Tried with no dialect.",
    )


def _reviewer(one: Reviewer) -> str:
    role = ROLES[Role(one.role)] if one.role in Role.__members__ else one.role
    conflict = "no conflict of interest" if one.conflicts == NO_CONFLICT else f"conflict of interest: {one.conflicts}"
    return f"{one.name} of {one.organisation}, {role}, {conflict}"


def _signers(decision: Decision) -> str:
    """Who must sign: `one a, one b and one c, three persons`."""
    roles = [f"one {ROLES[role]}" for role in Role if role in NEEDED[decision.product_class]]
    return f"{', '.join(roles[:-1])} and {roles[-1]}, {_NUMBERS[len(roles)]} persons,"


def _keyids(decision: Decision) -> tuple[str, ...]:
    return tuple(PublicKey.from_pem(pem).keyid for pem in decision.publisher_keys)


def _allowed(scope: str, touched: Mapping[str, str]) -> str:
    words = touched.get(scope)
    return f"{words} ({scope})" if words else scope


def _evidence(decision: Decision) -> tuple[str, ...]:
    """Each digest a sentence: what it is of, then its 64 digits."""
    of = (
        ("what the rules found", decision.report_sha256),
        ("the rules themselves", decision.rules_sha256),
        ("the hazard log", decision.hazard_log_sha256),
        ("the publisher's signed release", decision.release_sha256),
    )
    return tuple(f"Evidence, SHA-256 of {what}: {sha256}" for what, sha256 in of)


def _review(one: Reviewed) -> str:
    place = f" at {one.place}" if one.place else ""
    return f"{one.rule}{place}: {one.verdict}, by {one.by} ({ROLES[one.role]}): {one.reason}"


def _listed(what: str, lines: tuple[str, ...], otherwise: str) -> tuple[str, ...]:
    return tuple(f"{what} {number}: {line}" for number, line in enumerate(lines, 1)) or (otherwise,)


def _moment(moment: datetime) -> str:
    told = moment.astimezone(UTC)
    return f"{told.day} {told:%B %Y, %H:%M} UTC"
