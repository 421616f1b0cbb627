"""The day on the ward: who comes, moves, goes, comes back, and turns out to be one; each seen on the board."""

import re
from collections.abc import Callable
from html import unescape

from tabard.demo.beginning import filed
from tabard.demo.errors import Failed
from tabard.demo.house import House
from tabard.demo.launching import launch
from tabard.demo.products import product_folder
from tabard.demo.stage import Stage
from tabard.demo.waiting import until
from tabard.demo.ward_board import Board
from tabard.link import journal_of
from tabard.product import read_manifest
from tabard.sandbox import C_REACTIVE_PROTEIN, Sent

_SHARE = 0.55
_WARD_OPTION = re.compile(r'<option value="([^"]+)">([^<]+)</option>')
_PATIENT = re.compile(r'href="(/patients/[^"]+)"')


def admissions(house: House) -> str:
    """The wards fill with nine days' admissions, and every message is filed."""
    before = filed(house)
    sent = sum(1 for _ in house.ehr.fill(_SHARE))
    until(lambda: filed(house) == before + sent, "every admission is filed")
    return f"{sent} admissions to {len(house.ehr.layout.wards)} wards"


def sign_in(house: House) -> str:
    """A nurse signs in at the portal."""
    nurse = house.sign_ins[0]
    house.visitor.sign_in(nurse.username, nurse.password)
    return f"{nurse.username} at {house.base}"


def seen_in_portal(house: House) -> str:
    """The portal, by the audited door, finds each patient of the ward by hospital number."""
    patients = house.ehr.census.inpatients(house.ward_code)
    for mrn in patients:
        if _PATIENT.search(house.visitor.get(f"/patients?q={mrn}").text) is None:
            raise Failed("a patient who was admitted is not found in the portal", expected="every inpatient")
    return f"{len(patients)} patients of {house.ward_code} found"


def launch_board(house: House) -> str:
    """The ward board is opened from the portal, by the whole SMART launch."""
    ward_board = read_manifest(product_folder("ward-board"))
    found = {name: id_ for id_, name in _WARD_OPTION.findall(house.visitor.get("/products").text)}
    ward = next((id_ for name, id_ in found.items() if unescape(name).startswith(house.ward_code)), None)
    if ward is None:
        raise Failed("the portal does not offer the ward", expected=house.ward_code)
    house.board = Board(launch(house.visitor, ward_board, "/products", "ward", ward))
    if house.board.ward != ward:
        raise Failed("the board was launched on another ward")
    granted = (
        scope.removeprefix("user/").removesuffix(".rs")
        for scope in str(house.board.app.token["scope"]).split()
        if "/" in scope
    )
    return f"on {house.ward_code}; it may read {', '.join(granted)}"


def board_answers(house: House) -> str:
    """The board's own query shows exactly whom the pretend hospital has on the ward, each in their bed; all else is refused."""
    census = house.ehr.census
    shown = house.board.beds()
    for mrn in census.inpatients():
        stay = census.stay(mrn)
        bed = stay.place.bed if stay and stay.place.ward == house.ward_code else None
        if shown.get(mrn) != bed:
            raise Failed(
                "the board shows another ward than there is", expected="each inpatient of the ward in their bed"
            )
    refused = house.board.app.get("/Observation?code=718-7").status_code
    if refused != 403:  # noqa: PLR2004  the standard's number
        raise Failed("the board was let see what it did not ask for", expected="403", got=str(refused))
    return f"{len(census.inpatients(house.ward_code))} patients, each in their bed; results refused"


def move(house: House) -> str:
    """Somebody is admitted to another ward and moves to the ward (A02), and the move is cancelled (A12) and made again."""
    first = next(ward.code for ward in house.ehr.layout.wards if ward.code != house.ward_code)
    mrn = house.patients["mover"] = house.ehr.admit(first).event.person.mrn
    bed = _shown_after(house, mrn, lambda: house.ehr.transfer(mrn, house.ward_code))
    _gone_after(house, mrn, lambda: house.ehr.cancel_transfer(mrn))
    _shown_after(house, mrn, lambda: house.ehr.transfer(mrn, house.ward_code, bed))
    return f"from {first} to {house.ward_code} {bed}, taken back, made again"


def discharge(house: House) -> str:
    """Somebody goes home (A03) and leaves the board."""
    mrn = house.patients["mover"]
    _gone_after(house, mrn, lambda: house.ehr.discharge(mrn))
    return "gone from the board"


def cancel_discharge(house: House) -> str:
    """The discharge was a mistake (A13): back in the same bed."""
    mrn = house.patients["mover"]
    bed = _shown_after(house, mrn, lambda: house.ehr.cancel_discharge(mrn))
    return f"back in {bed}"


def merge(house: House) -> str:
    """Somebody known came in unrecognised under a second number; the merge (A40) gives the visit to the first."""
    ehr = house.ehr
    known = ehr.register().event.person
    double = ehr.double_of(known.mrn)
    _shown_after(house, double.mrn, lambda: ehr.admit(house.ward_code, person=double))
    ehr.merge(known.mrn, double.mrn)
    until(lambda: known.mrn in house.board.beds(), "the surviving patient is shown in the bed")
    house.patients["merged"] = known.mrn
    return "the visit is the survivor's"


def result(stage: Stage) -> str:
    """A result (ORU^R01), `<5`, stands on its patient's page in the portal."""
    house = stage.elsewhere
    mrn = house.patients["mover"]
    stage.lorenzo.result(mrn, C_REACTIVE_PROTEIN, ["<5"])

    def is_seen() -> bool:
        found = _PATIENT.search(house.visitor.get(f"/patients?q={mrn}").text)
        page = unescape(house.visitor.get(found[1]).text) if found else ""
        return "C-reactive protein" in page and re.search(r"<\s*5\b", page) is not None

    until(is_seen, "the result stands on the patient's page")
    return "CRP <5 mg/L on the patient's page"


def stranger(stage: Stage) -> str:
    """A result for somebody whom nobody told of is held until they are registered, and makes nobody up."""
    house = stage.elsewhere
    stage.lorenzo.result_for_stranger()
    view = journal_of(house.folder)
    until(lambda: view.counts().held_reasons.get("patient_not_known") == 1, "the stranger's result is held")
    counts = view.counts()
    if counts.received != sum(counts.states.values()):
        raise Failed("the journal's counts do not add up")
    return f"held, not lost; {counts.received} received = the sum of all states"


def silence(house: House) -> str:
    """The record system says nothing for a while, and every answer says so."""
    until(
        lambda: "state=silent" in house.board.feed(), "the board is told that the feed is silent", house.silence_s + 10
    )
    return f"after {house.silence_s} s without a message every answer says so"


def stop(house: House) -> str:
    """The hospital stops when asked, with nothing left in hand; what is held for a patient stays held."""
    if house.process is None:
        raise Failed("no hospital runs")
    house.ehr.close()
    code = house.process.stop()
    if code != 0:
        raise Failed("the hospital did not stop well", expected="exit 0", got=f"exit {code}")
    counts = journal_of(house.folder).counts()
    waiting = counts.states.get("waiting", 0) - sum(counts.held_reasons.values())
    if waiting:
        raise Failed("messages still wait for their turn", expected="0", got=str(waiting))
    return "nothing left in hand"


def store_stops(stage: Stage) -> str:
    """The store stops when asked."""
    code = stage.centre.process.stop() if stage.centre.process else None
    if code != 0:
        raise Failed("the store did not stop well", expected="exit 0", got=f"exit {code}")
    return "stopped"


def _shown_after(house: House, mrn: str, tell: Callable[[], Sent]) -> str:
    """The bed in which the board shows the patient once this was told; it must be the one that was told."""
    stay = tell().event.stay
    bed = stay.place.bed if stay else ""
    until(lambda: house.board.beds().get(mrn) == bed, "the board shows the patient in the bed that was told")
    return bed


def _gone_after(house: House, mrn: str, tell: Callable[[], Sent]) -> None:
    """Nothing to show once this was told: the patient is on the board no more."""
    tell()
    until(lambda: mrn not in house.board.beds(), "the patient has left the board")
