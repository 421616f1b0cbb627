"""What a hospital answers the centre, how it reads a stick, and who may answer for a product that was suspended."""

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tabard.audit import read
from tabard.catalogue import Channel, How, Level, Sites, Standing, Untrusted, export
from tabard.catalogue.receipts import Because, NotReceived
from tabard.cli import person as cli_person
from tabard.cli.hospital import app
from tabard.ground.errors import CallerError, NotFound
from tabard.ground.time import system_clock
from tabard.hospital import (
    BadSettings,
    Role,
    Why,
    load,
    overridden,
    override,
    recalls_of,
    receipt_key,
    sealed_receipt,
    stop_of,
    trust,
)
from unit.hospital.a_centre import CHEAP, Centre, Clock, Site, package, site


@pytest.fixture
def clock() -> Clock:
    """The time, which a test sets."""
    return Clock()


@pytest.fixture
def centre(tmp_path: Path, clock: Clock) -> Centre:
    """A centre that has published the ward board."""
    centre = Centre(tmp_path, clock)
    centre.publish(package())
    return centre


@pytest.fixture
def here(tmp_path: Path, centre: Centre, clock: Clock) -> Site:
    """A hospital that has it."""
    here = site(tmp_path / "h", centre, clock)
    here.install()
    return here


def obey(here: Site) -> None:
    """Refresh, and stop what is to be stopped, as the watch does."""
    hospital = here.hospital
    hospital.centre.client.refresh()
    for install in hospital.installs.all():
        found = recalls_of(hospital.centre.recalls, install.id, install.sha256)
        stop = stop_of(found, overridden(hospital.folder))
        if stop is not None and install.is_active:
            hospital.installs.stop(install, stop)


def standing(here: Site, sites: Sites, clock: Clock) -> Standing:
    """How the ward board stands by the next receipt."""
    clock.now += timedelta(minutes=5)
    return sites.receive(sealed_receipt(here.hospital)).products[0].standing


def test_the_centre_hears_by_name_what_became_of_a_recall(centre: Centre, here: Site, clock: Clock) -> None:
    """Silent, then reached, then acted: as the hospital's own signed receipts say; each counts once."""
    with closing(Sites(centre.folder, clock)) as sites:
        sites.enrol("RXX", "St Elsewhere", receipt_key(here.hospital))
        clock.now += timedelta(minutes=1)
        centre.recall(Level.stop)
        recall, version = centre.publishing.recalls()[0], centre.publishing.recall_version("R-1")
        assert sites.reach(recall, version).named(How.silent) == ("St Elsewhere",)
        here.hospital.centre.client.refresh()
        raw = sealed_receipt(here.hospital)
        assert sites.receive(raw).products[0].standing is Standing.active
        assert sites.reach(recall, version).named(How.reached) == ("St Elsewhere",)
        obey(here)
        assert standing(here, sites, clock) is Standing.stopped
        assert sites.reach(recall, version).named(How.acted) == ("St Elsewhere",)
        clock.now += timedelta(minutes=5)
        with pytest.raises(NotReceived) as caught:
            sites.receive(raw)
        assert caught.value.reason is Because.replayed


def test_a_suspended_product_goes_on_where_its_safety_officer_answers_for_it(
    centre: Centre, here: Site, clock: Clock
) -> None:
    """Stopped as suspended; the officer's word and reason let it on; nobody else's does; other words of the centre stop it again."""
    with closing(Sites(centre.folder, clock)) as sites:
        sites.enrol("RXX", "St Elsewhere", receipt_key(here.hospital))
        centre.recall(Level.suspend)
        obey(here)
        found = here.hospital.installs.get("ward-board")
        assert found.stop is not None
        assert found.stop.why is Why.suspended
        for roles in (frozenset({Role.admin}), frozenset({Role.clinician, Role.integration})):
            with pytest.raises(CallerError, match="clinical safety officer"):
                override(here.hospital, "R-1", "ann", roles, "We checked each bed by hand.")
        with pytest.raises(CallerError, match="reason"):
            override(here.hospital, "R-1", "ann", {Role.clinical_safety}, " ")
        with pytest.raises(NotFound):
            override(here.hospital, "R-9", "ann", {Role.clinical_safety}, "We checked each bed by hand.")
        override(here.hospital, "R-1", "ann", {Role.clinical_safety}, "We checked each bed by hand.")
        obey(here)
        assert here.hospital.installs.get("ward-board").is_active
        assert standing(here, sites, clock) is Standing.overridden
        centre.recall(Level.suspend, id_="R-2")
        obey(here)
        assert standing(here, sites, clock) is Standing.stopped


def test_nobody_answers_for_a_stop(centre: Centre, here: Site) -> None:
    """Neither before nor after a suspension of the same product was answered for."""
    centre.recall(Level.suspend)
    obey(here)
    override(here.hospital, "R-1", "ann", {Role.clinical_safety}, "We checked each bed by hand.")
    centre.recall(Level.stop, id_="R-2")
    obey(here)
    assert not here.hospital.installs.get("ward-board").is_active
    with pytest.raises(CallerError, match="not one that a hospital may answer for"):
        override(here.hospital, "R-2", "ann", {Role.clinical_safety}, "We checked each bed by hand.")


def test_spoilt_overrides_override_nothing(centre: Centre, here: Site) -> None:
    """Where it cannot be read who answered for what, recalls hold."""
    (here.folder / "overrides.json").write_bytes(b"spoilt")
    centre.recall(Level.suspend)
    obey(here)
    assert not here.hospital.installs.get("ward-board").is_active


def test_a_stick_that_does_not_come_stops_nothing(tmp_path: Path, centre: Centre, clock: Clock) -> None:
    """Long out of date, an airgapped hospital installs nothing new; what is here goes on, and how old it is is said."""
    stick = tmp_path / "stick"
    export(str(centre.public), centre.root, stick, clock=clock)
    here = site(tmp_path / "h", centre, clock)
    trust(here.folder, str(stick), centre.root, clock, channel=Channel.airgap)
    here = Site(here.folder, load(here.folder, clock, cost=CHEAP))
    here.install()
    assert here.hospital.settings.catalogue is not None
    assert here.hospital.settings.catalogue.channel is Channel.airgap
    clock.now += timedelta(days=100)
    with pytest.raises(Untrusted):
        obey(here)
    assert here.hospital.installs.get("ward-board").is_active
    state = here.hospital.centre.client.state()
    assert not state.is_fresh(clock())
    assert state.age(clock()).endswith("100 days old")


@pytest.mark.parametrize("url", ["http://store.example/api/receipts", "ftp://x", "http://localhost.evil.example/"])
def test_receipts_go_by_tls_or_to_this_machine(here: Site, centre: Centre, clock: Clock, url: str) -> None:
    """What runs at a hospital is told to nobody on the way."""
    with pytest.raises(BadSettings, match="receipts"):
        trust(here.folder, str(centre.public), centre.root, clock, receipts=url)


def test_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stick is looked at this once, its recall obeyed, the receipt written; an override is in the audit."""
    clock = Clock(system_clock() - timedelta(minutes=1))
    centre = Centre(tmp_path, clock)
    centre.publish(package())
    here = site(tmp_path / "h", centre, system_clock)  # type: ignore[arg-type]  # the machine's clock, as a command's is
    here.install()
    here.hospital.accounts.put("ann", "Ann", frozenset({Role.clinical_safety}), "correct horse battery")
    monkeypatch.setenv(cli_person.VARIABLE, "correct horse battery")
    centre.recall(Level.suspend)
    export(str(centre.public), centre.root, tmp_path / "stick", Channel.live)

    def run(*words: object) -> str:
        return CliRunner().invoke(app, [str(one) for one in words], catch_exceptions=False).output

    told = json.loads(
        run("catalogue", here.folder, "--catalogue", tmp_path / "stick", "--receipt", tmp_path / "r.json", "--json")
    )
    assert (told["stopped"], told["is_fresh"], told["fault"]) == (["ward-board"], True, "")
    (tmp_path / "rxx.pem").write_text(run("receipt", here.folder, "--key"))
    with closing(Sites(centre.folder, system_clock)) as sites:
        sites.enrol("RXX", "St Elsewhere", receipt_key(here.hospital))
        assert sites.receive((tmp_path / "r.json").read_bytes()).products[0].standing is Standing.stopped
    run("override", here.folder, "R-1", "--by", "ann", "--reason", "We checked each bed by hand.")
    assert here.hospital.installs.get("ward-board").is_active
    event = next(one for one in read(here.folder / "audit") if one["action"] == "override")
    assert (event["person"], event["client"]) == ("ann", "ward-board")
    run("receipt", here.folder, "--out", tmp_path / "again.json")
    assert (tmp_path / "again.json").stat().st_mode & 0o777 == 0o600
