"""The ledger of evidence is only ever added to."""

import copy
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, strategies as st

from tabard.accreditation.claims import (
    BadLedger,
    Evidence,
    EvidenceKind,
    Ledger,
    add,
    plain_entry,
    read_ledger,
    serving,
    standing,
    supersede,
    withdraw,
)
from tabard.accreditation.frameworks import NoSuchCriterion, framework
from unit.accreditation.claims.test_evidence import MADE, TEST, TOOLKIT

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)
TODAY = date(2026, 4, 10)
OF_PRODUCT = replace(
    TEST, id="report-1", kind=EvidenceKind.test_report, for_product="ward-board", for_package="c" * 64, says=(),
    serves=("dcb0129-4.2/6.3.2", "dcb0129-4.2/6.3.3"),
)  # fmt: skip
FULL = add(add(Ledger(), TEST, by="Pat", at=NOW), OF_PRODUCT, by="Pat", at=NOW)


def ids(ledger: Ledger, product: str | None = None, on: date = TODAY) -> list[str]:
    return [one.id for one in standing(ledger, on, organisation="RZZ", product=product)]


def test_an_organisation_s_evidence_is_kept_once_and_stands_for_each_product() -> None:
    """A product's own stands for it alone."""
    assert ids(FULL) == ["pen-2026"]
    assert ids(FULL, "ward-board") == ["pen-2026", "report-1"]
    assert ids(FULL, "observations") == ["pen-2026"]
    assert standing(FULL, TODAY, organisation="RYY", product="ward-board") == ()


def test_one_item_serves_many_criteria() -> None:
    """And is found by each."""
    items = standing(FULL, TODAY, organisation="RZZ", product="ward-board")
    assert [one.id for one in serving(items, "dcb0129-4.2/6.3.3")] == ["report-1"]
    assert serving(items, "dcb0129-4.2/6.3.1") == ()


def test_what_is_superseded_or_withdrawn_stands_no_more_and_is_not_lost() -> None:
    """Who looks back sees it."""
    newer = replace(TEST, id="pen-2026b", sha256="b" * 64)
    ledger = withdraw(
        supersede(FULL, ["pen-2026"], newer, by="Pat", at=NOW), "report-1", "Found wrong.", by="Kim", at=NOW
    )
    assert ids(ledger, "ward-board") == ["pen-2026b"]
    assert ledger.item("pen-2026") == TEST
    assert len(ledger.entries) == len(FULL.entries) + 2


def test_what_expired_stands_no_more() -> None:
    """By its own day, without anybody doing anything."""
    assert ids(FULL, on=date(2027, 3, 2)) == []


def test_the_ledger_refuses_what_would_blur_it() -> None:
    """An id twice, what is gone or never was, another's evidence, no name, no reason, no criterion."""
    with pytest.raises(BadLedger, match="used once"):
        add(FULL, TEST, by="Pat", at=NOW)
    with pytest.raises(BadLedger, match="only what stands"):
        supersede(FULL, ["never"], replace(TEST, id="x1"), by="Pat", at=NOW)
    gone = withdraw(FULL, "pen-2026", "Found wrong.", by="Pat", at=NOW)
    with pytest.raises(BadLedger, match="only what stands"):
        withdraw(gone, "pen-2026", "Again.", by="Pat", at=NOW)
    with pytest.raises(BadLedger, match="its own evidence"):
        supersede(FULL, ["pen-2026"], replace(TEST, id="x2", organisation="RYY"), by="Pat", at=NOW)
    with pytest.raises(BadLedger, match="by whom"):
        add(FULL, replace(TEST, id="x3"), by=" ", at=NOW)
    with pytest.raises(BadLedger, match="by whom"):
        add(FULL, replace(TEST, id="x4"), by="Pat", at=datetime(2026, 4, 1))  # noqa: DTZ001  a moment without its offset
    with pytest.raises(BadLedger, match="for a reason"):
        withdraw(FULL, "pen-2026", " ", by="Pat", at=NOW)
    with pytest.raises(NoSuchCriterion):
        add(FULL, replace(TEST, id="x5", serves=("dtac-2.0/C9",)), by="Pat", at=NOW)


def test_a_ledger_that_was_changed_is_noticed() -> None:
    """Each entry is bound to the one before; who kept the head notices a change of the last as well."""
    told = [plain_entry(one) for one in withdraw(FULL, "pen-2026", "Found wrong.", by="Pat", at=NOW).entries]
    for at in range(len(told) - 1):
        changed = copy.deepcopy(told)
        changed[at]["by"] = "Kim"
        with pytest.raises(BadLedger, match="changed"):
            read_ledger(changed)
        with pytest.raises(BadLedger, match="changed"):
            read_ledger(told[:at] + told[at + 1 :])
    told[-1]["by"] = "Kim"
    assert read_ledger(told).head != withdraw(FULL, "pen-2026", "Found wrong.", by="Pat", at=NOW).head


@pytest.mark.parametrize("told", [[7], [{}], [{"at": "x"}], [{**plain_entry(FULL.entries[0]), "at": None}]])
def test_what_is_no_ledger_is_said_so(told: list[object]) -> None:
    """And not half read."""
    with pytest.raises(BadLedger):
        read_ledger(told)


CRITERIA = [one.id for one in framework("dtac-2.0").criteria]


@given(
    st.lists(
        st.builds(
            replace,
            st.sampled_from([TEST, TOOLKIT, OF_PRODUCT]),
            title=st.text(min_size=1, max_size=40).filter(str.strip),
            made=st.dates(date(2020, 1, 1), MADE),
            serves=st.lists(st.sampled_from(CRITERIA), min_size=1, max_size=4, unique=True).map(tuple),
        ),
        max_size=4,
    )
)
def test_a_ledger_written_as_json_is_read_again_the_same(items: list[Evidence]) -> None:
    """Head and all."""
    ledger = Ledger()
    for at, one in enumerate(items):
        ledger = add(ledger, replace(one, id=f"item-{at}"), by="Pat", at=NOW)
    again = read_ledger(json.loads(json.dumps([plain_entry(one) for one in ledger.entries])))
    assert again == ledger
    assert again.head == ledger.head
