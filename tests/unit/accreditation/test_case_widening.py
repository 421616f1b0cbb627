"""What was the first of its type goes further: on what was shown at its sites, signed by the same roles, obeyed by every site."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tabard.accreditation import (
    BadReview,
    BadSignature,
    Barred,
    Case,
    NotNow,
    Status,
    draft_widening,
    drop_widening,
    sign_widening,
    take,
    withdraw,
)
from tabard.decision import (
    BadDecision,
    Condition,
    Decision,
    FirstOfType,
    NotAccredited,
    Outcome,
    Owner,
    Reason,
    Reviewer,
    Scope,
    Shown,
    judge,
    plain_words,
    read_statement,
    statement,
)
from tabard.ground.dsse import Envelope
from unit.accreditation.people import CENTRE, KEYS, NOW, PACKAGE, TRUST, in_review, who

FIRST = FirstOfType(("RZZ", "RYY"), ("Ten weeks without harm.", "Fifty clinicians have used it."))
LATER = NOW + timedelta(days=80)
SHOWN = (
    Shown(FIRST.exit_criteria[0], "RZZ", "No incident was reported in eleven weeks.", "ab" * 32),
    Shown(FIRST.exit_criteria[1], "RYY", "Sixty-two people signed in and used it.", "cd" * 32),
)
CONDITION = Condition("C1", "Mend the small print.", Owner.maker, date(2027, 1, 1))


def first_of_type(**others: Any) -> Case:
    """A case that is published for its first sites."""
    case = in_review()
    told: dict[str, Any] = {
        "id": "tiny-1",
        "product": case.product,
        "version": case.version,
        "title": "Tiny",
        "publisher": case.publisher,
        "publisher_keys": (KEYS["maker"].public.pem,),
        "package_sha256": case.package_sha256,
        "package_size": len(PACKAGE.raw),
        "release_sha256": case.release_sha256,
        "report_sha256": "1" * 64,
        "rules_sha256": "2" * 64,
        "hazard_log_sha256": "3" * 64,
        "scope": Scope("Shows a ward.", (), ("ward",)),
        "conditions": (CONDITION,),
        "reviewed": (),
        "decided": NOW,
        "valid_from": NOW,
        "valid_until": NOW + timedelta(days=365),
        "product_class": case.product_class,
        "outcome": Outcome.first_of_type,
        "first_of_type": FIRST,
        "reviewers": tuple(Reviewer(one.id, one.name, one.role, one.organisation) for one in case.taken),
    }
    signed = statement(Decision(**(told | others)), CENTRE).signed_by(KEYS["safe"]).signed_by(KEYS["secure"])
    return replace(
        case,
        status=Status.published,
        outcome=Outcome.first_of_type,
        statement=signed,
        conditions=read_statement(signed.payload).conditions,
    )


def drafted(case: Case | None = None, *sites: str, shown: tuple[Shown, ...] = SHOWN, by: str = "safe") -> Case:
    return draft_widening(case or first_of_type(), who(by), sites, shown, verifier=CENTRE, now=LATER)


def signed(case: Case, name: str) -> Case:
    assert case.widening is not None
    return sign_widening(case, *signature(case.widening, name), trust=TRUST, now=LATER)


def signature(envelope: Envelope, name: str) -> tuple[str, bytes]:
    return KEYS[name].public.keyid, KEYS[name].sign(envelope.to_sign)


def widened(*sites: str) -> Case:
    return signed(signed(drafted(None, *sites), "safe"), "secure")


def admitted(case: Case, site: str) -> Decision:
    """The decision that stands, when that site may install by it."""
    assert case.statement is not None
    about = {"package_sha256": case.package_sha256, "product": case.product, "version": case.version}
    return judge(case.statement.to_bytes(), trust=TRUST, now=LATER, site=site, **about)


def test_what_was_shown_lets_it_go_to_every_site() -> None:
    """The site that refused admits; the new decision names the one before, each answer and its evidence, and ends on the same day."""
    before = first_of_type()
    with pytest.raises(NotAccredited) as no:
        admitted(before, "RXX")
    assert no.value.reason is Reason.not_this_site
    case = widened()
    decision = admitted(case, "RXX")
    assert (decision.supersedes, decision.id) == ("tiny-1", "tiny-1-wider-1")
    assert (case.outcome, decision.conditions) == (Outcome.with_conditions, (CONDITION,))
    assert decision.valid_until == NOW + timedelta(days=365)
    assert {"ab" * 32, "cd" * 32} <= set(decision.evidence)
    assert case.superseded == (before.statement,)
    words = " ".join(plain_words(decision, {}))
    for one in SHOWN:
        assert f"Shown at {one.site}: {one.criterion} {one.words} Evidence, SHA-256: {one.evidence}" in words


def test_it_goes_to_one_more_site_and_no_other() -> None:
    """The further site is admitted, others still wait; then all are, in a third decision."""
    case = widened("RXX")
    assert admitted(case, "RXX").first_of_type == replace(FIRST, sites=("RZZ", "RYY", "RXX"))
    with pytest.raises(NotAccredited):
        admitted(case, "RWW")
    again = signed(signed(drafted(case), "safe"), "secure")
    assert admitted(again, "RWW").id == "tiny-1-wider-2"
    assert len(again.superseded) == 2


def test_until_enough_have_signed_the_decision_before_stands() -> None:
    """One signature, or two of one role, widen nothing."""
    case = signed(drafted(), "safe")
    assert case.statement == first_of_type_statement(case)
    with pytest.raises(BadSignature, match="signed already"):
        signed(case, "safe")
    case = signed(case, "safe-too")
    assert case.widening is not None
    with pytest.raises(NotAccredited):
        admitted(case, "RXX")


def first_of_type_statement(case: Case) -> Envelope:
    assert case.statement is not None
    assert read_statement(case.statement.payload).first_of_type == FIRST
    return case.statement


@pytest.mark.parametrize("name", ["own", "officer", "governs"])
def test_only_who_took_it_on_widens_it(name: str) -> None:
    """The maker's own people, and those who did not take it on, sign nothing."""
    with pytest.raises(Barred):
        signed(drafted(), name)


@pytest.mark.parametrize("name", ["unknown", "late"])
def test_only_who_is_in_office_widens_it(name: str) -> None:
    """Neither a key of nobody nor one of somebody who is not in office yet."""
    with pytest.raises(BadSignature):
        signed(drafted(), name)


def test_a_site_asks_for_the_evidence_itself() -> None:
    """A decision that names no evidence for what was shown is none, whoever wrote it."""
    decision = admitted(widened(), "RXX")
    assert decision.widening is not None
    bare = replace(decision.widening, shown=tuple(replace(one, evidence="") for one in SHOWN))
    with pytest.raises(BadDecision, match="SHA-256 of evidence"):
        replace(decision, widening=bare)
    with pytest.raises(BadDecision, match="supersedes"):
        replace(decision, supersedes="")


@pytest.mark.parametrize(
    "shown",
    [
        (),
        SHOWN[:1],
        (*SHOWN[:1], replace(SHOWN[1], criterion="Another.")),
        (*SHOWN[:1], replace(SHOWN[1], site="RXX")),
        (*SHOWN[:1], replace(SHOWN[1], evidence="none")),
        (*SHOWN[:1], replace(SHOWN[1], evidence="")),
    ],
)
def test_to_every_site_each_exit_criterion_is_shown(shown: tuple[Shown, ...]) -> None:
    """None is left out, none is made up, none is shown elsewhere than at the first sites, and each has its evidence."""
    with pytest.raises(NotNow, match="cannot go further so"):
        drafted(shown=shown)


def test_words_and_sites_are_told() -> None:
    """An answer is a reason; the same sites again are no further ones; more than ten are no first of type."""
    with pytest.raises(BadReview):
        drafted(shown=(replace(SHOWN[0], words="Fine."),))
    for sites in (("RZZ",), tuple(f"R{at:02}" for at in range(9))):
        with pytest.raises(NotNow, match="cannot go further so"):
            drafted(None, *sites)


def test_only_what_is_published_as_first_of_its_type_goes_further() -> None:
    """Neither what is withdrawn nor what goes to every site; nor while a condition of the maker is overdue, or after its time."""
    with pytest.raises(NotNow):
        drafted(withdraw(first_of_type(), "The maker", "We shall not go on with this.", LATER))
    with pytest.raises(NotNow):
        drafted(widened())
    late = replace(CONDITION, due=LATER.date() - timedelta(days=1))
    with pytest.raises(NotNow, match="overdue"):
        drafted(first_of_type(conditions=(late,)))
    with pytest.raises(NotNow):
        drafted(first_of_type(valid_until=LATER))


def test_a_draft_that_somebody_signed_stands_until_it_is_dropped() -> None:
    """Nobody exchanges the words under a signature."""
    case = signed(drafted(), "safe")
    with pytest.raises(NotNow, match="somebody has signed"):
        drafted(case, "RXX")
    case = drop_widening(case, who("secure"))
    assert drafted(case, "RXX").widening is not None
    with pytest.raises(NotNow):
        drop_widening(case, who("secure"))


def test_somebody_else_may_take_the_role_by_then() -> None:
    """A new person of the role takes it on, which drops a draft that does not name them; a conflict bars as ever."""
    case = drafted()
    case = take(case, who("governs"), "none", LATER)
    assert case.widening is None
    names = {one.id for one in read_statement((drafted(case).widening or Envelope("", b"")).payload).reviewers}
    assert "governs" in names
    barred = take(case, who("secure"), "I own shares of its maker.", LATER)
    with pytest.raises(NotNow, match="nobody has taken this case on"):
        drafted(barred)
