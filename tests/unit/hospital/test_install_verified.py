"""Installing from a catalogue: each step that passes is told, what was verified is kept, and upgrades never leave a gap."""

from datetime import timedelta
from pathlib import Path

import pytest

from tabard.catalogue import Level
from tabard.ground.errors import NotFound
from tabard.hospital import (
    InstallRefused,
    Installs,
    NoCentre,
    NotForTrials,
    OtherCentre,
    Passed,
    Pinned,
    Step,
    TakenOn,
    Wanted,
    Why,
    init,
    install,
    load,
    trust,
    uninstall,
)
from unit.hospital.a_centre import CHEAP, START, VERIFIER, Centre, Clock, Site, files, package, site


@pytest.fixture(name="clock")
def _clock() -> Clock:
    return Clock()


@pytest.fixture(name="centre")
def _centre(tmp_path: Path, clock: Clock) -> Centre:
    return Centre(tmp_path, clock)


@pytest.fixture(name="here")
def _here(tmp_path: Path, centre: Centre, clock: Clock) -> Site:
    return site(tmp_path / "h", centre, clock)


def test_every_step_is_told_in_its_order_and_kept(centre: Centre, here: Site) -> None:
    """Who decided, until when, which bytes, whose release, what is taken on: told as it passes, and shown afterwards."""
    made = package()
    centre.publish(made)
    told: list[Passed] = []
    taken: list[TakenOn] = []

    def accept(to: TakenOn) -> bool:
        taken.append(to)
        return True

    done = install(here.hospital, Wanted("ward-board"), accept, told.append)
    assert [one.step for one in told] == list(Step)
    assert told[2].words == (
        "Accredited by Ada Safe (clinical safety reviewer) and Bo Secure (security reviewer) "
        "on 2 March 2026 until 18 September 2026."
    )
    assert made.sha256 in told[3].words
    assert taken[0].conditions == ("Use it beside the record system, not in its place.",)
    assert [(one.hazard, one.words) for one in taken[0].controls] == [
        ("WB-1", "Tell the ward what to do when the feed is silent.")
    ]
    kept = here.hospital.installs.evidence(done)
    assert kept is not None
    assert kept.told.steps == tuple(told)
    assert kept.told.conditions == taken[0].conditions
    assert (done.version, done.sha256, done.is_active, done.is_trial) == ("1.0.0", made.sha256, True, False)
    assert here.hospital.installs.client("ward-board") is not None


def test_the_files_are_those_of_the_package_for_reading_only(centre: Centre, here: Site) -> None:
    """Under the package's own digest, nobody's to write, and nobody else's to read."""
    made = package()
    centre.publish(made)
    done = here.install()
    assert done.folder == here.folder / "products" / "ward-board" / made.sha256
    assert {path.name: path.read_bytes() for path in done.folder.iterdir()} == dict(made.files)
    assert {path.stat().st_mode & 0o777 for path in done.folder.iterdir()} == {0o400}
    assert done.folder.stat().st_mode & 0o777 == 0o500


def test_what_is_not_accepted_is_not_installed(centre: Centre, here: Site) -> None:
    """Conditions and the controls that are the hospital's own are taken on by somebody, or nothing is installed."""
    centre.publish(package())
    with pytest.raises(InstallRefused) as told:
        install(here.hospital, Wanted("ward-board"), lambda _: False)
    assert (told.value.step, told.value.reason) == (Step.conditions, "not_accepted")
    assert here.unpacked() == []
    assert here.hospital.installs.history("ward-board") == ()


def test_a_recall_that_comes_while_the_conditions_are_read_stops_the_install(centre: Centre, here: Site) -> None:
    """Between the asking and the answer the world goes on."""
    centre.publish(package())

    def slowly(_: TakenOn) -> bool:
        centre.recall(Level.stop)
        return True

    with pytest.raises(InstallRefused) as told:
        install(here.hospital, Wanted("ward-board"), slowly)
    assert told.value.step is Step.recall
    assert here.unpacked() == []


def test_an_advisory_is_told_and_lets_the_install_go_on(centre: Centre, here: Site) -> None:
    """A notice is no ban; it is kept with the evidence."""
    centre.publish(package())
    centre.recall(Level.advisory)
    kept = here.hospital.installs.evidence(here.install())
    assert kept is not None
    assert kept.told.notices == ("It may show a patient in the wrong bed.",)


def test_the_newest_version_is_installed_or_the_one_that_is_named(centre: Centre, here: Site) -> None:
    """Without a version, the newest; an unknown one names those that are there."""
    for version in ("1.0.0", "1.1.0"):
        centre.publish(package(version))
    with pytest.raises(InstallRefused) as told:
        here.install("3.0.0")
    assert (told.value.reason, told.value.expected) == ("no_such_version", "one of 1.1.0, 1.0.0")
    assert here.install("1.0.0").version == "1.0.0"
    assert here.install().version == "1.1.0"


def test_an_upgrade_that_fails_leaves_the_version_that_is_here(centre: Centre, here: Site) -> None:
    """Files, row and evidence of the old one are as they were, and it can be opened."""
    centre.publish(package("1.0.0"))
    before = here.install()
    unpacked = here.unpacked()
    listed = centre.publish(package("1.1.0"))
    (centre.public / f"packages/{listed.package_sha256}.tabard").write_bytes(b"other")
    with pytest.raises(InstallRefused):
        here.install()
    assert here.hospital.installs.checked("ward-board") == before
    assert here.unpacked() == unpacked
    assert [one.ended for one in here.hospital.installs.history("ward-board")] == [""]


def test_an_upgrade_cut_off_before_it_is_let_in_leaves_the_old_one(
    centre: Centre, here: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unpacked is not installed: until the database has it, the old version is the product, and no file is left over."""
    centre.publish(package("1.0.0"))
    before = here.install()
    unpacked = here.unpacked()
    centre.publish(package("1.1.0"))

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Installs, "put", full)
    with pytest.raises(OSError, match="disk full"):
        here.install()
    assert here.hospital.installs.checked("ward-board") == before
    assert here.unpacked() == unpacked


def test_installing_the_same_again_touches_no_file_that_is_in_use(centre: Centre, here: Site) -> None:
    """Its pages go on being served meanwhile; the verification is a new one, and is kept as such."""
    centre.publish(package())
    before = [path.stat().st_ino for path in sorted(here.install().folder.iterdir())]
    again = here.install()
    assert [path.stat().st_ino for path in sorted(again.folder.iterdir())] == before
    assert [one.ended for one in here.hospital.installs.history("ward-board")] == ["", "replaced"]
    assert here.hospital.installs.owed() == ()


def test_an_older_version_needs_to_be_allowed(centre: Centre, here: Site) -> None:
    """A downgrade is nobody's accident; 1.10.0 is newer than 1.9.0."""
    for version in ("1.9.0", "1.10.0"):
        centre.publish(package(version))
    here.install()
    with pytest.raises(InstallRefused) as told:
        here.install("1.9.0")
    assert told.value.reason == "older"
    assert here.install("1.9.0", allow_older=True).version == "1.9.0"


def test_of_files_no_more_is_kept_than_this_version_and_the_one_before(centre: Centre, here: Site) -> None:
    """A page that is loading while the version changes finds its files; older ones go."""
    made = [package(version) for version in ("1.0.0", "1.1.0", "1.2.0")]
    for one in made:
        centre.publish(one)
        here.install()
    kept = {path.name for path in (here.folder / "products" / "ward-board").iterdir()}
    assert kept == {made[1].sha256, made[2].sha256}


def test_uninstalling_takes_files_and_client_away_and_keeps_the_evidence(centre: Centre, here: Site) -> None:
    """What was verified, and when it ended, can be read for as long as the hospital is."""
    centre.publish(package())
    here.install()
    uninstall(here.hospital, "ward-board")
    installs = here.hospital.installs
    assert here.unpacked() == []
    assert (installs.all(), installs.client("ward-board")) == ((), None)
    (kept,) = installs.history("ward-board")
    assert (kept.version, kept.ended, kept.ended_at) == ("1.0.0", "uninstalled", START)
    assert [(one.product, one.why) for one in installs.owed()] == [("ward-board", "uninstalled")]
    with pytest.raises(NotFound):
        uninstall(here.hospital, "ward-board")
    assert here.install().is_active


def test_a_file_that_changed_stops_the_product_and_installing_again_mends_it(centre: Centre, here: Site) -> None:
    """Looked at before a launch is offered: stopped, with the file's name; the same version, verified anew, goes on."""
    centre.publish(package())
    done = here.install()
    board = done.folder / "board.js"
    board.chmod(0o600)
    board.write_bytes(b"document.title = 'launchee';")
    stopped = here.hospital.installs.checked("ward-board")
    assert stopped.stop is not None
    assert stopped.stop.why is Why.files_changed
    assert "board.js is other than it was" in stopped.stop.words
    assert here.hospital.installs.client("ward-board") is None
    assert here.install().is_active
    assert here.hospital.installs.checked("ward-board").is_active


@pytest.mark.parametrize("how", ["new", "missing", "link"])
def test_a_file_that_came_or_went_stops_the_product(centre: Centre, here: Site, how: str) -> None:
    """A folder is the package or it is not: one file more, one fewer, or a link in the place of one."""
    centre.publish(package())
    done = here.install()
    done.folder.chmod(0o700)
    if how == "new":
        (done.folder / "more.js").write_text("more")
    else:
        (done.folder / "board.js").unlink()
    if how == "link":
        (done.folder / "board.js").symlink_to(done.folder / "index.html")
    assert not here.hospital.installs.checked("ward-board").is_active


def test_files_that_were_only_looked_at_are_not_read_again(
    centre: Centre, here: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking before every launch costs a look at each file's times, not its content."""
    centre.publish(package())
    here.install()
    here.hospital.installs.checked("ward-board")

    def read(_: Path) -> bytes:
        raise AssertionError

    monkeypatch.setattr(Path, "read_bytes", read)
    assert here.hospital.installs.checked("ward-board").is_active


def test_a_product_of_a_folder_is_for_hospitals_for_trials_alone(tmp_path: Path, here: Site) -> None:
    """What nobody accredited is refused, with the way to try it; an earlier Tabard's counts as stopped."""
    product = tmp_path / "mine"
    product.mkdir()
    for name, content in files().items():
        (product / name).write_bytes(content)
    with pytest.raises(NotForTrials) as told:
        here.hospital.installs.install(product)
    assert "--for-trials" in (told.value.remedy or "")
    init(tmp_path / "trials", "Trial", "RXX", 8001, for_trials=True, cost=CHEAP)
    assert load(tmp_path / "trials", cost=CHEAP).installs.install(product).is_trial
    settings = tmp_path / "trials" / "hospital.toml"
    settings.write_text(settings.read_text().replace("for_trials = true", ""))
    found = load(tmp_path / "trials", cost=CHEAP).installs
    stop = found.get("ward-board").stop
    assert stop is not None
    assert stop.why is Why.not_accredited
    assert found.client("ward-board") is None


def test_a_hospital_that_trusts_nobody_installs_nothing(tmp_path: Path) -> None:
    """It says how to trust a centre."""
    init(tmp_path / "h", "St Elsewhere", "RXX", 8000, cost=CHEAP)
    with pytest.raises(NoCentre) as told:
        install(load(tmp_path / "h", cost=CHEAP), Wanted("ward-board"), lambda _: True)
    assert "tabard hospital trust" in (told.value.remedy or "")


def test_a_centre_is_pinned_only_when_its_catalogue_is_what_the_root_says(tmp_path: Path, centre: Centre) -> None:
    """Another centre's root, or no root at all, pins nothing and leaves nothing."""
    init(tmp_path / "h", "St Elsewhere", "RXX", 8000, cost=CHEAP)
    foreign = Centre(tmp_path / "foreign", centre.clock)
    for root in (foreign.root, b"{}"):
        with pytest.raises(Exception, match=r"not signed|no root|put together"):
            trust(tmp_path / "h", str(centre.public), root, centre.clock)
        assert load(tmp_path / "h", cost=CHEAP).settings.catalogue is None
        assert not list((tmp_path / "h" / "catalogue").glob("*"))
    assert trust(tmp_path / "h", str(centre.public), centre.root, centre.clock) == VERIFIER
    pinned = load(tmp_path / "h", cost=CHEAP).settings.catalogue
    assert isinstance(pinned, Pinned)
    assert pinned.source == str(centre.public)


def test_a_second_centre_waits_until_the_products_of_the_first_are_gone(
    tmp_path: Path, centre: Centre, here: Site
) -> None:
    """One centre cannot watch over what another decided; the same centre may move to another address."""
    centre.publish(package())
    here.install()
    foreign = Centre(tmp_path / "foreign", centre.clock)
    with pytest.raises(OtherCentre):
        trust(here.folder, str(foreign.public), foreign.root, centre.clock)
    moved = tmp_path / "moved"
    moved.symlink_to(centre.public)
    assert trust(here.folder, str(moved), centre.root, centre.clock) == VERIFIER
    uninstall(here.hospital, "ward-board")
    assert trust(here.folder, str(foreign.public), foreign.root, centre.clock) == VERIFIER


def test_an_installed_product_outlives_its_decision(centre: Centre, here: Site, clock: Clock) -> None:
    """Out of date is no recall: it is not installed anew, and goes on."""
    made = package()
    centre.publish(made)
    here.install()
    clock.now = START + timedelta(days=250)
    with pytest.raises(InstallRefused):
        here.install()
    assert here.hospital.installs.client("ward-board") is not None
