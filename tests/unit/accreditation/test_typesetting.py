"""Setting a print: words are words, and what strangers can ask for ends."""

import pytest

from tabard.accreditation import typesetting
from tabard.accreditation.typesetting import can_typeset, typeset, typeset_apart
from tabard.ground.errors import CallerError, InternalError

FORM = "#let told = json(bytes(sys.inputs.report))\n#text(told.words)\n#list.item(text(told.words))"
HOSTILE = '#panic("ran") $x$ = Heading @here <label> ] #image("/etc/passwd") \\u{0} \u202e *_`'


@pytest.mark.skipif(not can_typeset(), reason="typst is not installed: `tabard[pdf]`")
@pytest.mark.parametrize("press", [typeset, typeset_apart])
def test_what_strangers_wrote_is_text(press: typesetting.Press) -> None:
    """Code, markup and paths in the words come out as they are; the same words as markup would be refused."""
    assert press(FORM, {"words": HOSTILE}).startswith(b"%PDF-")
    with pytest.raises(Exception, match=r"unexpected closing bracket|could not be set"):
        press(FORM + HOSTILE, {"words": ""})


@pytest.mark.skipif(not can_typeset(), reason="typst is not installed: `tabard[pdf]`")
def test_a_print_apart_ends_after_its_time() -> None:
    """Whatever it is set to print."""
    with pytest.raises(InternalError, match="took too long"):
        typeset_apart("#for a in range(9999999) { for b in range(9999999) { let c = a } }", {}, 0.2)


def test_without_typst_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an optional part."""
    monkeypatch.setattr(typesetting, "can_typeset", lambda: False)
    for press in (typeset, typeset_apart):
        with pytest.raises(CallerError, match="a PDF needs typst"):
            press(FORM, {})
