"""The report on a decision as PDF: offered where it can be set, set once for what it says, one at a time."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tabard.accreditation.typesetting import can_typeset, typeset_apart
from tabard.ground.errors import PeerError
from tabard.web.store.counter import Counter
from tabard.web.store.decided import decided
from tabard.web.store.pages import decision
from tabard.web.store.printed import printed
from tabard.web.store.prints import Prints
from unit.web_store.judged import HARM, Judged

ONE, OTHER = "1" * 64, "2" * 64
needs_typst = pytest.mark.skipif(not can_typeset(), reason="typst is not installed: `tabard[pdf]`")


class Press:
    """Sets nothing, and counts."""

    def __init__(self) -> None:
        self.told: list[Mapping[str, Any]] = []

    def __call__(self, form: str, told: Mapping[str, Any]) -> bytes:
        """A print that is told from the one before by its number."""
        assert "sys.inputs.report" in form
        self.told.append(told)
        return b"%PDF " + str(len(self.told)).encode()


def test_a_print_is_set_once_and_gives_way_when_it_says_another_thing(tmp_path: Path) -> None:
    """The same words are read from the file; other words of one decision take the place of the first, another decision's stay."""
    press = Press()
    prints = Prints(tmp_path / "prints", press)
    assert prints.of(ONE, {"now": ""}) == prints.of(ONE, {"now": ""}) == b"%PDF 1"
    assert prints.of(OTHER, {"now": ""}) == b"%PDF 2"
    assert prints.of(ONE, {"now": "Suspended"}) == b"%PDF 3"
    assert sorted(one.read_bytes() for one in (tmp_path / "prints").iterdir()) == [b"%PDF 2", b"%PDF 3"]
    assert Prints(tmp_path / "prints", press).of(ONE, {"now": "Suspended"}) == b"%PDF 3", "it outlives the process"


def test_one_print_is_set_at_a_time(tmp_path: Path) -> None:
    """Who asks meanwhile for another is told to come again; what is set already is read by anybody."""
    prints: Prints

    def press(_form: str, told: Mapping[str, Any]) -> bytes:
        if told["n"] == 2:
            assert prints.of(ONE, {"n": 1}) == b"%PDF 1"
            with pytest.raises(PeerError, match="another print is being set"):
                prints.of(OTHER, {"n": 3})
        return b"%PDF " + str(told["n"]).encode()

    prints = Prints(tmp_path, press, patience_s=0.01)
    assert [prints.of(ONE, {"n": 1}), prints.of(OTHER, {"n": 2}), prints.of(OTHER, {"n": 3})] == [
        b"%PDF 1",
        b"%PDF 2",
        b"%PDF 3",
    ]


@needs_typst
def test_anybody_reads_the_report_as_pdf(judged: Judged) -> None:
    """The page leads to it; it is kept; of a refusal and of what is suspended too."""
    judged.world.cookies.clear()
    for case in (judged.accredited, judged.suspended, judged.refused):
        path = f"/decisions/{judged.decision(case)}"
        assert f'href="{path}/report.pdf"' in judged.world.get(path).text
        answer = judged.world.get(f"{path}/report.pdf")
        assert answer.content.startswith(b"%PDF-")
        assert answer.headers["content-type"] == "application/pdf"
        (kept,) = judged.world.store.folder.prints.glob(f"{judged.decision(case)}.*.pdf")
        assert kept.read_bytes() == answer.content
    assert judged.world.get(f"/decisions/{'0' * 64}/report.pdf").status_code == 404


def test_where_none_can_be_set_none_is_offered(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    """No link, and whoever asks all the same is told what there is."""
    monkeypatch.setattr(decision, "can_typeset", lambda: False)
    path = f"/decisions/{judged.decision(judged.accredited)}"
    assert "report.pdf" not in judged.world.get(path).text
    answer = judged.world.get(f"{path}/report.pdf")
    assert answer.status_code == 404
    assert "print it with your browser" in answer.text


@needs_typst
def test_the_print_says_all_and_runs_nothing(judged: Judged) -> None:
    """What the report's page says; a maker's words in any place of it, be they code of a print, are text."""
    counter = Counter(judged.world.store)
    one = decided(counter, judged.decision(judged.accredited))
    told = printed(counter.base_url, one, decision.shown(counter, one))
    assert [len(each["criteria"]) for each in told["judged"]] == [
        len(each.judged.criteria) for each in one.frameworks if each.judged
    ]
    assert told["safety"]["hazards"]
    assert any(condition["text"] == "Mend the small print on screens." for condition in told["conditions"])
    form = Prints(judged.world.store.folder.prints)._form
    assert typeset_apart(form, _spoilt(told)).startswith(b"%PDF-")


def _spoilt(told: Any) -> Any:
    """The same with code in every word."""
    match told:
        case str():
            return f'{told} #panic("ran") ] {HARM} $x @y'
        case dict():
            return {name: _spoilt(one) for name, one in told.items()}
        case list() | tuple():
            return [_spoilt(one) for one in told]
        case _:
            return told
