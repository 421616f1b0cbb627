"""The day on the ward: who comes, moves, goes, comes back, and turns out to be one; each seen on the board."""

import re
from collections.abc import Callable
from html import unescape

from tabard.demo.beginning import filed
from tabard.demo.model import Failed
from tabard.demo.stage import WARD, Stage
from tabard.demo.visitor import launch
from tabard.demo.waiting import until
from tabard.link import journal_of
from tabard.sandbox import C_REACTIVE_PROTEIN, Sent

_SHARE = 0.55
_WARD_OPTION = re.compile(r'<option value="([^"]+)">([^<]+)</option>')
_PATIENT = re.compile(r'href="(/patients/[^"]+)"')


def admissions(stage: Stage) -> str:
    """The wards fill with nine days' admissions, and every message is filed."""
    before = filed(stage)
    sent = sum(1 for _ in stage.lorenzo.fill(_SHARE))
    until(lambda: filed(stage) == before + sent, "every admission is filed")
    return f"{sent} admissions to {len(stage.lorenzo.layout.wards)} wards"


def sign_in(stage: Stage) -> str:
    """A nurse signs in at the portal."""
    nurse = stage.sign_ins[0]
    stage.visitor.sign_in(nurse.username, nurse.password)
    return f"{nurse.username} at {stage.base}"


def seen_in_portal(stage: Stage) -> str:
    """The portal, by the audited door, finds each patient of the ward by hospital number."""
    patients = stage.lorenzo.census.inpatients(WARD)
    for mrn in patients:
        if _PATIENT.search(stage.visitor.get(f"/patients?q={mrn}").text) is None:
            raise Failed("a patient who was admitted is not found in the portal", expected="every inpatient")
    return f"{len(patients)} patients of {WARD} found"


def launch_board(stage: Stage) -> str:
    """The ward board is opened from the portal, by the whole SMART launch."""
    found = {name: id_ for id_, name in _WARD_OPTION.findall(stage.visitor.get("/products").text)}
    ward = next((id_ for name, id_ in found.items() if unescape(name).startswith(WARD)), None)
    if ward is None:
        raise Failed("the portal does not offer the ward", expected=WARD)
    stage.board = launch(stage.visitor, "ward-board", ward)
    if stage.board.ward != ward:
        raise Failed("the board was launched on another ward")
    granted = (scope.removeprefix("user/").removesuffix(".rs") for scope in stage.board.scope.split() if "/" in scope)
    return f"on {WARD}; it may read {', '.join(granted)}"


def board_answers(stage: Stage) -> str:
    """The board's own query shows exactly whom the pretend hospital has on the ward, each in their bed; all else is refused."""
    census = stage.lorenzo.census
    shown = stage.board.beds()
    for mrn in census.inpatients():
        stay = census.stay(mrn)
        bed = stay.place.bed if stay and stay.place.ward == WARD else None
        if shown.get(mrn) != bed:
            raise Failed(
                "the board shows another ward than there is", expected="each inpatient of the ward in their bed"
            )
    refused = stage.board.get("/Observation?code=718-7").status_code
    if refused != 403:  # noqa: PLR2004  the standard's number
        raise Failed("the board was let see what it did not ask for", expected="403", got=str(refused))
    return f"{len(census.inpatients(WARD))} patients, each in their bed; results refused"


def move(stage: Stage) -> str:
    """Somebody is admitted to AMU and moves to the ward (A02), and the move is cancelled (A12) and made again."""
    mrn = stage.patients["mover"] = stage.lorenzo.admit("AMU").event.person.mrn
    bed = _shown_after(stage, mrn, lambda: stage.lorenzo.transfer(mrn, WARD))
    _gone_after(stage, mrn, lambda: stage.lorenzo.cancel_transfer(mrn))
    _shown_after(stage, mrn, lambda: stage.lorenzo.transfer(mrn, WARD, bed))
    return f"from AMU to {WARD} {bed}, taken back, made again"


def discharge(stage: Stage) -> str:
    """Somebody goes home (A03) and leaves the board."""
    mrn = stage.patients["mover"]
    _gone_after(stage, mrn, lambda: stage.lorenzo.discharge(mrn))
    return "gone from the board"


def cancel_discharge(stage: Stage) -> str:
    """The discharge was a mistake (A13): back in the same bed."""
    mrn = stage.patients["mover"]
    bed = _shown_after(stage, mrn, lambda: stage.lorenzo.cancel_discharge(mrn))
    return f"back in {bed}"


def merge(stage: Stage) -> str:
    """Somebody known came in unrecognised under a second number; the merge (A40) gives the visit to the first."""
    lorenzo = stage.lorenzo
    known = lorenzo.register().event.person
    double = lorenzo.double_of(known.mrn)
    _shown_after(stage, double.mrn, lambda: lorenzo.admit(WARD, person=double))
    lorenzo.merge(known.mrn, double.mrn)
    until(lambda: known.mrn in stage.board.beds(), "the surviving patient is shown in the bed")
    stage.patients["merged"] = known.mrn
    return "the visit is the survivor's"


def result(stage: Stage) -> str:
    """A result (ORU^R01), `<5`, stands on its patient's page in the portal."""
    mrn = stage.patients["mover"]
    stage.lorenzo.result(mrn, C_REACTIVE_PROTEIN, ["<5"])

    def is_seen() -> bool:
        found = _PATIENT.search(stage.visitor.get(f"/patients?q={mrn}").text)
        page = unescape(stage.visitor.get(found[1]).text) if found else ""
        return "C-reactive protein" in page and re.search(r"<\s*5\b", page) is not None

    until(is_seen, "the result stands on the patient's page")
    return "CRP <5 mg/L on the patient's page"


def stranger(stage: Stage) -> str:
    """A result for somebody whom nobody told of is parked with its reason, and makes nobody up."""
    stage.lorenzo.result_for_stranger()
    view = journal_of(stage.folder)
    until(lambda: view.counts().parked_reasons.get("unknown_patient") == 1, "the stranger's result is parked")
    counts = view.counts()
    if counts.received != sum(counts.states.values()):
        raise Failed("the journal's counts do not add up")
    return f"parked; {counts.received} received = the sum of all states"


def silence(stage: Stage) -> str:
    """The pretend Lorenzo says nothing for a while, and every answer says so."""
    until(
        lambda: "state=silent" in stage.board.feed(), "the board is told that the feed is silent", stage.silence_s + 10
    )
    return f"after {stage.silence_s} s without a message every answer says so"


def stop(stage: Stage) -> str:
    """The hospital stops when asked, with nothing left waiting."""
    if stage.process is None:
        raise Failed("no hospital runs")
    stage.lorenzo.close()
    code = stage.process.stop()
    if code != 0:
        raise Failed("the hospital did not stop well", expected="exit 0", got=f"exit {code}")
    waiting = journal_of(stage.folder).counts().states.get("waiting", 0)
    if waiting:
        raise Failed("messages still wait", expected="0", got=str(waiting))
    return "nothing left waiting"


def _shown_after(stage: Stage, mrn: str, tell: Callable[[], Sent]) -> str:
    """The bed in which the board shows the patient once this was told; it must be the one that was told."""
    stay = tell().event.stay
    bed = stay.place.bed if stay else ""
    until(lambda: stage.board.beds().get(mrn) == bed, "the board shows the patient in the bed that was told")
    return bed


def _gone_after(stage: Stage, mrn: str, tell: Callable[[], Sent]) -> None:
    """Nothing to show once this was told: the patient is on the board no more."""
    tell()
    until(lambda: mrn not in stage.board.beds(), "the patient has left the board")
