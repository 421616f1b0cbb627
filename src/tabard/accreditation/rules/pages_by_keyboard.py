"""Every control of a page, as it opens, is reached by the Tab key, shows that it is reached, and lets go again.

Source: WCAG 2.2, 2.1.1 (keyboard), 2.1.2 (no trap), 2.4.3 (order) and 2.4.7 (focus visible).
"""

from collections.abc import Iterator

from tabard.accreditation.contents.kinds import PAGES, kind_of
from tabard.accreditation.found import failed, not_applicable, not_assessed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.probing.ports import CouldNot, PageSeen, PagesSeen, Walked
from tabard.accreditation.rules.pages_self_contained import BROWSER
from tabard.ground.canonical import canonical

FAMILY = Family.accessibility
CRITERIA = ("wcag-2.2/2.1.1", "wcag-2.2/2.1.2", "wcag-2.2/2.4.3", "wcag-2.2/2.4.7", "tabard/keyboard")

_EXPECTED = "every control reached by Tab, seen to be reached, and left again"
_MOST = 10


def check(subject: Subject) -> Iterator[Found]:
    """Judge the walk over each page at each width at which it was walked."""
    package, pages = subject.package, subject.pages
    names = [name for name in package.files if kind_of(name) in PAGES]
    if not names:
        yield not_applicable("package", "the product has no page", package.sha256)
    elif isinstance(pages, CouldNot):
        yield not_assessed(BROWSER, _EXPECTED, pages.reason, pages.remedy, package.sha256)
    else:
        looked_at = (package.sha256, sha256(canonical([list(tool) for tool in pages.tools])))
        for name in names:
            yield from _page(name, pages, looked_at)


def _page(name: str, pages: PagesSeen, looked_at: tuple[str, ...]) -> Iterator[Found]:
    seen = [one for one in pages.pages if one.path == name]
    walks = [one.walked for one in seen if one.walked is not None]
    if not walks:
        yield not_assessed(name, _EXPECTED, _why(seen), "have a person walk over it", *looked_at)
        return
    wrong = dict.fromkeys(one for walk in walks for one in _wrong_with(walk))
    for expected, got, remedy in wrong:
        yield failed(name, expected, got, remedy, *looked_at)
    if not wrong:
        most = max(len(walk.reached) for walk in walks)
        yield passed(name, f"{most} controls, one after the other", *looked_at)


def _why(seen: list[PageSeen]) -> str:
    return next((one.fault for one in seen if one.fault), "it was not walked over")


def _wrong_with(walk: Walked) -> Iterator[tuple[str, str, str]]:
    if walk.trap:
        yield "Tab leads on from every control", f"{walk.trap} holds it", "let Tab go on"
    elif walk.unreached:
        got = ", ".join(walk.unreached[:_MOST])
        yield "every control reached by Tab", f"not reached: {got}", "make it a button or a link, or give it tabindex=0"
    if walk.unseen:
        got = ", ".join(walk.unseen[:_MOST])
        yield (
            "a mark on the control that has the focus",
            f"none on {got}",
            "leave the outline, or draw one: `:focus-visible`",
        )
    if walk.jumps:
        got = ", ".join(walk.jumps[:_MOST])
        yield "controls in the order in which they stand", f"tabindex above 0 on {got}", "order the page itself"
