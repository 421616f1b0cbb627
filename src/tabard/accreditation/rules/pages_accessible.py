"""Every page, as it opens, keeps the accessibility rules that a machine can try, on a wide and on a narrow screen.

What the machine leaves open is for a person, finding by finding.
Source: WCAG 2.2, levels A and AA, as axe-core tries them; DTAC 2.0, D1; Public Sector Bodies Accessibility Regulations 2018.
"""

from collections.abc import Iterable, Iterator

from tabard.accreditation.contents.kinds import PAGES, kind_of
from tabard.accreditation.found import failed, not_applicable, not_assessed, passed, sha256
from tabard.accreditation.model import Family, Found, Subject
from tabard.accreditation.probing.ports import WIDTHS, CouldNot, Hit, PageSeen
from tabard.accreditation.rules.pages_self_contained import BROWSER
from tabard.ground.canonical import canonical

FAMILY = Family.accessibility
CRITERIA = ("dtac-2.0/D1.4.1", "wcag-2.2/1.4.3", "wcag-2.2/4.1.2")

_REMEDY = "mend the elements named; axe-core's rule of this name says how"


def check(subject: Subject) -> Iterator[Found]:
    """Judge every page by what was seen at both widths."""
    package, pages = subject.package, subject.pages
    names = [name for name in package.files if kind_of(name) in PAGES]
    if not names:
        yield not_applicable("package", "the product has no page", package.sha256)
    elif isinstance(pages, CouldNot):
        yield not_assessed(BROWSER, "every page looked at", pages.reason, pages.remedy, package.sha256)
    else:
        looked_at = (package.sha256, sha256(canonical([list(tool) for tool in pages.tools])))
        for name in names:
            yield from _page(name, [one for one in pages.pages if one.path == name], looked_at)


def _page(name: str, seen: list[PageSeen], looked_at: tuple[str, ...]) -> Iterator[Found]:
    missed = [width for width in WIDTHS if not any(one.width == width and not one.fault for one in seen)]
    if missed:
        why = next((one.fault for one in seen if one.fault), "it was not looked at")
        told = " and ".join(f"{width} px" for width in missed)
        yield not_assessed(
            name, "the page looked at, wide and narrow", f"{why} ({told})", "have a person look", *looked_at
        )
    broken = _by_rule((one.width, hit) for one in seen for hit in one.violations)
    for rule, got in broken.items():
        yield failed(f"{name} {rule}", f"{rule} of WCAG 2.2 kept", got, _REMEDY, *looked_at)
    for rule, got in _by_rule((one.width, hit) for one in seen for hit in one.incomplete).items():
        if rule not in broken:
            remedy = "have a person look at these elements"
            yield not_assessed(f"{name} {rule}", "a person's word: the machine cannot tell", got, remedy, *looked_at)
    if not missed and not broken:
        yield passed(name, f"at {' and '.join(f'{width} px' for width in WIDTHS)}, as it opens", *looked_at)


def _by_rule(hits: Iterable[tuple[int, Hit]]) -> dict[str, str]:
    """What was found by each rule of axe-core, over the widths: how many elements at most, and the first of them."""
    told: dict[str, list[tuple[int, Hit]]] = {}
    for width, hit in hits:
        told.setdefault(hit.rule, []).append((width, hit))
    return {rule: _told(told[rule]) for rule in sorted(told)}


def _told(hits: list[tuple[int, Hit]]) -> str:
    widths = " and ".join(f"{width} px" for width in sorted({width for width, _ in hits}))
    most = max(hit.count for _, hit in hits)
    first = sorted({target for _, hit in hits for target in hit.targets})[:3]
    return f"{hits[0][1].help}: {most} elements at {widths}, such as {', '.join(first)}"
