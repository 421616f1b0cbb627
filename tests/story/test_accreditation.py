"""A product's way: three faults found and mended, judged by two in their browsers, published, judged again by what changed, recalled."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page
from typer.testing import CliRunner

from tabard.accreditation import NotNow, Route, Status
from tabard.catalogue import Level, Recall
from tabard.cli.accredit import app
from tabard.decision import Accreditor, Role
from tabard.ground.keys import read_signing_key, write_signing_key
from tabard.hospital import Hospital, InstallRefused, Wanted, init, install, load, trust
from tabard.product import build, sign_release
from tabard.store import Store
from tabard.web.store import Counter, api, site
from unit.store.product_files import SCOPES, folder_of
from unit.web_store.words import judge_all
from unit.web_store.world import World, world_in

NAMES = ("clinical", "security")


@dataclass
class Story:
    """The store that is served, its folder, and who is who."""

    world: World
    folder: Path

    @property
    def url(self) -> str:
        """Where the store answers."""
        return self.world.store.settings.base_url

    def submit(self, version: str, **files: str) -> str:
        """The case of that version, with these files in the place of its own, the rules run on it."""
        return self.submitted(folder_of(self.folder / version, version), files)

    def submitted(self, folder: Path, files: dict[str, str]) -> str:
        """The case of that folder."""
        for name, text in files.items():
            (folder / name.replace("__", ".")).write_text(text)
        made = build(folder)
        case = self.world.store.submit(made.raw, sign_release(made, self.world.publisher).to_bytes()).case.id
        self.world.store.check()
        return case

    def hospital(self, ods: str) -> Hospital:
        """A hospital of that code that trusts the store."""
        folder = self.folder / ods
        init(folder, f"Hospital {ods}", ods, 8000)
        trust(folder, str(self.world.store.folder.public), self.world.store.folder.root_of_trust.read_bytes())
        return load(folder)


@pytest.fixture(scope="module", name="story")
def _story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("story")
    with socket.create_server(("127.0.0.1", 0)) as listener, world_in(folder, listener.getsockname()[1]) as world:
        served = site(Counter(world.store), api.routes(world.store))
        server = uvicorn.Server(uvicorn.Config(served, log_config=None, access_log=False, lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield Story(world, folder)
        server.should_exit = True
        thread.join()


def as_person(browser: Browser, story: Story, name: str, act: Callable[[Page], None], case: str) -> None:
    """Somebody signs in, opens the case, does something there."""
    context = browser.new_context()
    page, who = context.new_page(), story.world.people[name]
    page.goto(f"{story.url}/sign-in?next=/cases")
    page.fill("#username", who.username)
    page.fill("#password", who.password)
    page.click("main button")
    page.goto(f"{story.url}/cases/{case}")
    act(page)
    context.close()


def take_and_review(page: Page) -> None:
    page.click("text=Take this case")
    page.wait_for_url("**?done=assigned")
    while (forms := page.locator("form.tabard-review")).count():
        forms.first.locator("textarea").fill("I opened every page by keyboard and with a screen reader.")
        left = forms.count()
        forms.first.locator("button").click()
        page.wait_for_function(f"document.querySelectorAll('form.tabard-review').length < {left}")


def refer_back(page: Page) -> None:
    page.click("text=Ask the publisher, and refer it back")
    page.fill("#words", "What does it show while the record system is down?")
    page.click("button:has-text('Refer it back')")
    page.wait_for_url("**?done=referred-back")


def by_role(store: Store, role: Role) -> Accreditor:
    return next(one for one in store.assessors.trust().accreditors if one.role is role)


def judge_a_section(page: Page) -> None:
    """From the count on the case to the first section that waits, all of it ticked, one word for it."""
    page.click("text=wait for you")
    page.click("a[href*='tick-all=']:visible")
    form = page.locator("form:has(.tabard-box:checked)")
    number = form.locator(".tabard-criterion .tabard-box:checked").count()
    form.get_by_label("Met", exact=True).check()
    form.locator("textarea").fill("I held each beside the papers of the product.")
    form.locator("button").click()
    page.wait_for_url(f"**judged={number}&as=met#next")


def draft(page: Page) -> None:
    page.click("button:has-text('Write the decision')")
    page.wait_for_url("**?done=drafted")


def sign(story: Story, name: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        path = story.folder / f"{name}.pem"
        if not path.exists():
            write_signing_key(path, story.world.people[name].key)
        page.set_input_files("#key", path)
        page.click("text=Sign this decision")
        page.wait_for_url("**?done=signed")

    return act


def test_a_product_is_judged_published_judged_again_and_recalled(browser: Browser, story: Story) -> None:
    """The whole way, as its maker, its assessors and two hospitals live it."""
    store = story.world.store

    # a maker submits; the rules find three faults; the next version mends them
    broken = {"key__txt": "-----BEGIN PRIVATE KEY-----\n", "README__md": "# Tiny\n"}
    case = story.submit("0.9.0", **broken)
    found = store.case(case).case
    assert found.status is Status.referred_back
    assert found.report is not None
    failed = {one.rule for one in found.report.failing}
    assert {"no-secrets", "support-named", "readme-tells"} <= failed
    case = story.submit("1.0.0")
    assert store.case(case).case.status is Status.in_review

    # two people of two roles take it on in their browsers and review; one asks, and the clock stands
    for name in NAMES:
        as_person(browser, story, name, take_and_review, case)
    as_person(browser, story, "clinical", refer_back, case)
    assert store.case(case).case.status is Status.referred_back
    write_signing_key(story.folder / "maker.pem", story.world.publisher)
    asked = ("reply", case, "--store", story.url, "--key", str(story.folder / "maker.pem"))
    answer = ("--question", "1", "--words", "No name, and a sentence that says so.")
    done = CliRunner().invoke(app, [*asked, *answer], catch_exceptions=False)
    assert done.exit_code == 0, done.output

    # each judges the criteria that wait for their role; without that nothing could be drafted
    with pytest.raises(NotNow, match="criteria that must be met"):
        store.draft(case, by_role(store, Role.clinical_safety))
    for name in NAMES:
        as_person(browser, story, name, judge_a_section, case)
    assert {one.role for one in store.case(case).case.judgements} == {Role.clinical_safety, Role.security}
    judge_all(store, case, [by_role(store, role) for role in (Role.clinical_safety, Role.security)])

    # both sign; it is published, and two hospitals install it
    as_person(browser, story, "clinical", draft, case)
    for name in NAMES:
        as_person(browser, story, name, sign(story, name), case)
    store.release()
    hospitals = [story.hospital(ods) for ods in ("RXX", "RYY")]
    for hospital in hospitals:
        assert install(hospital, Wanted("tiny"), lambda _: True).version == "1.0.0"

    # version 2 asks for more: everybody looks anew, at what changed
    folder = folder_of(story.folder / "2.0.0", "2.0.0", scopes=(*SCOPES, "patient/Observation.rs"))
    second = story.submitted(folder, {})
    since = store.case(second).case.since
    assert since is not None
    assert (since.route, since.version, set(since.roles)) == (Route.difference, "1.0.0", set(Role))
    assert any("patient/Observation.rs" in words for words in since.because)
    assert store.case(second).row.unreviewed > 0

    # a hazard is found at one site: suspended at once, and a recall reaches both
    package = store.case(case).case.package_sha256
    store.suspend(case, by_role(store, Role.clinical_safety), "RYY saw the name of the patient before.")
    store.release()
    key = read_signing_key(story.folder / "offline/recall-1.pem")
    told = Recall(
        "R-1",
        "tiny",
        (package,),
        Level.stop,
        "It may show another's name.",
        "Use the record system.",
        datetime.now(UTC).replace(microsecond=0),
    )
    store.publishing.recall(told, key)
    for hospital in hospitals:
        hospital.centre.client.refresh()
        assert [one.id for one in hospital.centre.recalls] == ["R-1"]
        with pytest.raises(InstallRefused):
            install(hospital, Wanted("tiny"), lambda _: True)
    assert [one.kind for one in store.decisions()] == ["decided", "suspended"]
